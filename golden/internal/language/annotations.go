// The rows about directives and options.

package language

var annotations = Theme{
	Title: "Annotations",
	Intro: "What directives require of the functions, types and names around them.",
	Rows: []Row{
		rejected("PWL100", "code that does not compile", "reported in the words of the Go compiler; stubs that do not exist yet are not an error", "reject/broken", "var s string = n", "reject/broken", `"example.com/nowhere"`),
		rejected("PWL101", "misspelled, repeated or contradictory directives and options", "the diagnostic suggests what may have been meant",
			"reject/directive-unknown", "//pawl:activty", "reject/option-unknown", "timout=10s", "reject/option-twice", "timeout=20s", "reject/option-value", "attempts=many", "reject/option-conflict", "heartbeat=30s", "reject/accepted", "//pawl:allow PWL211"),
		rejected("PWL102", "directives in a place where they have no meaning", "above a type, in a test file, inside a function", "reject/directive-place", "//pawl:activity"),
		rejected("PWL103", "signatures that cannot be called durably", "the context comes first and the error last; type parameters are not allowed", "reject/signature", "func Charge(o Order) error"),
		rejected("PWL104", "inputs and results that cannot be recorded", "functions, channels, locks, interfaces, unexported fields", "reject/encode", "o Order) error"),
		asIs("inputs and results of any size", "large ones are kept in the object store", "accept/payloads", "//pawl:activity"),
		asIs("`codec=`: inputs and results that JSON cannot encode", "are encoded by a codec that the program registers with `pawl.RegisterCodec`", "accept/codecs", "//pawl:activity codec=gob"),
		rejected("PWL105", "two declarations with the same name", "in the history or in Go", "reject/name-twice", "//pawl:activity name=charge", "reject/name-taken", "type CheckoutRun struct{}"),
		asIs("names, queues, limits and non-retryable errors set by options", "are used by the engine", "accept/naming", "queue=desk timeout=1h", "accept/timeouts", "heartbeat=10s", "accept/finalerrors", "final=ErrDeclined,*LimitError", "accept/retries", "backoff=1s..10s"),
		rejected("PWL106", "a workflow receiver with process state", "a receiver holds only activities and configuration", "reject/receiver", "*sql.DB"),
		recorded("a workflow receiver with configuration", "as it was when the run started", "accept/receivers", `pawl:"config"`),
		rejected("PWL107", "`final=` with something that is not an error", "the diagnostic suggests what may have been meant", "reject/final", "final=limit"),
		durable("a `<-chan T` parameter of a workflow", "a signal: sent by a method of the run's handle, kept until it is received, in the order of its sender; `len` counts what has arrived",
			"accept/signals", "range first(notes, 2)", "accept/signals", "case item := <-items:", "accept/signals", "len(numbers) > 0"),
		durable("a `<-chan pawl.Request[In, Out]` parameter of a workflow", "an update: the sender waits for `Reply` or `Reject`; `Validate` of the input is called before anything is recorded; `pawl.Ask` in plain tests",
			"accept/updates", "case req := <-retitle:", "accept/updates", "case req := <-done:"),
		rejected("PWL109", "other channels as parameters of a workflow", "a workflow receives signals, and their values are recorded", "reject/signals", "shipped chan string", "reject/signals", "shipped chan<- string", "reject/signals", "_ <-chan string"),
		durable("`//pawl:continue` above a return of a call of the workflow itself", "the run continues as new: with a history of its own, with what is unread in its channels, and with its id",
			"accept/continuing", "return Subscribe(ctx, plan, notes, cancels)"),
		rejected("PWL235", "`//pawl:continue` with a deferred call, in a function literal or a helper, or without the workflow's own context and channels", "the next generation has nothing of the old one",
			"reject/continue", "defer time.Sleep(time.Hour)", "reject/continue", "return Within(short, n-1)", "reject/continue", "return Swapped(ctx, olds, news)"),
		asIs("rejected code under `//pawl:allow RULE reason` or `//pawl:pure reason`", "at your own risk; `pawl check --report` lists it", "accept/accepted", "//pawl:allow PWL211", "accept/accepted", "//pawl:pure the seed"),
		rejected("PWL251", "`//pawl:allow` without effect", "could hide a later mistake", "reject/accepted", "//pawl:allow PWL210"),
		rejected("PWL252", "`//pawl:pure` without effect", "would keep the function from being checked", "reject/accepted", "func title(s string)"),
		asIs("dot imports of packages with generated code, in a package without any", "names are resolved", "accept/dotimport", `. "`),
	},
}
