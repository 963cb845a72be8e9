// The rows about contexts.

package language

var contexts = Theme{
	Title: "Contexts",
	Intro: "A context ends when the history says so: by the run's clock, by the run's code, or because the run is cancelled.",
	Rows: []Row{
		asIs("the workflow's `ctx`: `Done`, `Err`, `Deadline`, `Value`", "ends when the run is cancelled; `Done` returns a native channel that is closed",
			"accept/contexts", "case <-ctx.Done():", "accept/contexts", "short.Deadline()"),
		durable("`WithCancel`, `WithCancelCause`", "as in Go. Children end in the order in which they were derived; Go specifies no order",
			"accept/contexts", "context.WithCancelCause(ctx)", "accept/cooperation", "context.WithCancel(parent)"),
		durable("`WithTimeout`, `WithDeadline`, and the variants with `Cause`", "end by the run's clock",
			"accept/contexts", "context.WithTimeout(ctx", "accept/contexts", "context.WithDeadlineCause(long", "accept/contexts", "context.WithTimeoutCause(late", "accept/contexts", "context.WithDeadline(ctx"),
		durable("`WithoutCancel`", "continues after its parent ends: use it for compensation",
			"accept/contexts", "context.WithoutCancel(child)"),
		durable("`context.Cause`", "as in Go", "accept/contexts", "context.Cause(child) == ErrStrike"),
		durable("`context.AfterFunc`", "runs the function in a goroutine of the run; `stop` works as in Go",
			"accept/contexts", "context.AfterFunc(scope, func() {"),
		warned("PWL242", "`WithValue`", "workflow code sees the value; activities do not",
			"reject/context-value", "context.WithValue(ctx, key{}, user)", "accept/contexts", `context.WithValue(ctx, key{}, "root")`),
		asIs("`context.Background`, `TODO`", "never end. Passing one to an activity is not reported, although cancellation does not reach that activity",
			"accept/contexts", "context.Background().Done()"),
		asIs("activities and steps under a context that has ended", "are not started. The call returns an error that names the activity and wraps the context's, so compare with `errors.Is`. Plain Go calls the function, which decides itself",
			"accept/contexts", `Pack(child, "nothing")`, "runtime/abi/run_test.go", "TestActivityAndTheEndOfItsContext"),
		asIs("activities under a context that ends during the call", "the activity is cancelled, and the call returns the context's error",
			"accept/contexts", `Pack(child, "nothing")`, "internal/runtime/replay/replay_test.go", "TestCancelIsPassedOnToWhatRunsUnderTheContext"),
		rejected("PWL205", "contexts in package variables", "follow the clock of the process and are shared by all runs",
			"reject/timers", "opening, cancel = context.WithTimeout"),
		rejected("PWL210", "contexts made by libraries, such as `signal.NotifyContext`", "end for reasons outside the run",
			"reject/outside", "signal.NotifyContext(ctx"),
		asIs("the author's own implementations of `context.Context`", "contexts derived from them end with them. All rules of package context hold, also for a method `AfterFunc` and for a context that has already ended",
			"internal/runtime/replay/replay_test.go", "TestContextOfTheAuthorIsFollowed"),
		rejected("PWL233", "the same, with methods that lock, wait or read the clock", "package context calls the originals",
			"reject/own-context", "context.WithCancel(&locked{Context: ctx})", "reject/own-context", "Act(&locked2{Context: ctx})"),
	},
}
