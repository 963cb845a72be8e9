package worker

// Build is what a worker of this process notes when it tries a suspect run.
func Build() string { return build() }
