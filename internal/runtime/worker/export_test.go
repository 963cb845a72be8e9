package worker

// Program is what a worker of this process notes of itself when it tries a suspect.
func Program() string { return program() }
