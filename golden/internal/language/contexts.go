package language

// This file is about contexts.

var contexts = Theme{
	Title: "Contexts",
	Intro: "Contexts end by the history: by the run's clock, by its own code, or because the run is cancelled.",
	Rows: []Row{
		asIs("the workflow's `ctx`: `Done`, `Err`, `Deadline`, `Value`", "it ends when the run is cancelled; `Done` is a channel that is really closed",
			"accept/contexts", "case <-ctx.Done():", "accept/contexts", "short.Deadline()"),
		durable("`WithCancel`, `WithCancelCause`", "as in Go. Children end in the order in which they were derived, where Go has none",
			"accept/contexts", "context.WithCancelCause(ctx)", "accept/cooperation", "context.WithCancel(parent)"),
		durable("`WithTimeout`, `WithDeadline`, and with `Cause`", "end by the run's clock",
			"accept/contexts", "context.WithTimeout(ctx", "accept/contexts", "context.WithDeadlineCause(long", "accept/contexts", "context.WithTimeoutCause(late", "accept/contexts", "context.WithDeadline(ctx"),
		durable("`WithoutCancel`", "goes on when its parent ends: for compensation",
			"accept/contexts", "context.WithoutCancel(child)"),
		durable("`context.Cause`", "as in Go", "accept/contexts", "context.Cause(child) == ErrStrike"),
		durable("`context.AfterFunc`", "a goroutine of the run; `stop` is as in Go",
			"accept/contexts", "context.AfterFunc(scope, func() {"),
		remarked("PWL242", "`WithValue`", "is seen by workflow code; activities do not see it",
			"reject/context-value", "context.WithValue(ctx, key{}, user)", "accept/contexts", `context.WithValue(ctx, key{}, "root")`),
		asIs("`context.Background`, `TODO`", "never end. Nothing is said when an activity gets one: no cancel reaches it",
			"accept/contexts", "context.Background().Done()"),
		asIs("activities under a derived context", "a context that has ended refuses them, with its error; one that ends meanwhile cancels them",
			"accept/contexts", `Pack(child, "nothing")`, "internal/runtime/replay/replay_test.go", "TestCancelIsPassedOnToWhatRunsUnderTheContext"),
		rejected("PWL205", "contexts in package variables", "end by the clock of the process, for all runs at once",
			"reject/timers", "opening, cancel = context.WithTimeout"),
		rejected("PWL210", "contexts that libraries make, `signal.NotifyContext` say", "end when the process says so",
			"reject/outside", "signal.NotifyContext(ctx"),
		asIs("contexts of the author's own types", "are followed by what is derived from them",
			"internal/runtime/replay/replay_test.go", "TestContextOfTheAuthorIsFollowed"),
	},
}
