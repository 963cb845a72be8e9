package language

// This file is about what is annotated.

var annotations = Theme{
	Title: "Annotations",
	Intro: "What the directives ask of the functions, types and names around them.",
	Rows: []Row{
		rejected("PWL100", "code that does not compile", "in the words of Go's compiler; stubs that are not there yet are no error", "reject/broken", "var s string = n", "reject/broken", `"example.com/nowhere"`),
		rejected("PWL101", "directives and options that are misspelt, doubled, or contradict each other", "with what may have been meant",
			"reject/directive-unknown", "//pawl:activty", "reject/option-unknown", "timout=10s", "reject/option-twice", "timeout=20s", "reject/option-value", "attempts=many", "reject/option-conflict", "heartbeat=30s", "reject/accepted", "//pawl:allow PWL211"),
		rejected("PWL102", "directives that stand where they mean nothing", "above a type, in a test, in a function", "reject/directive-place", "//pawl:activity"),
		rejected("PWL103", "signatures that cannot be called durably", "a context first, an error last, no type parameters", "reject/signature", "func Charge(o Order) error"),
		rejected("PWL104", "inputs and results that would not survive the history", "functions, channels, locks, interfaces, fields that are not exported", "reject/encode", "o Order) error"),
		asIs("inputs and results of any size, with a codec of your own", "large ones are kept in the object store", "accept/payloads", "//pawl:activity"),
		rejected("PWL105", "two things with one name", "in a history, or in Go", "reject/name-twice", "//pawl:activity name=charge", "reject/name-taken", "type CheckoutRun struct{}"),
		asIs("names, queues, limits and final errors by options", "are what the engine goes by", "accept/naming", "queue=desk timeout=1h", "accept/timeouts", "heartbeat=10s", "accept/finalerrors", "final=ErrDeclined,*LimitError", "accept/retries", "backoff=1s..10s"),
		rejected("PWL106", "a workflow's receiver with state of the process", "it holds activities and configuration", "reject/receiver", "*sql.DB"),
		recorded("a workflow's receiver with configuration", "as it was when the run started", "accept/receivers", `pawl:"config"`),
		rejected("PWL107", "`final=` with something that is no error", "with what may have been meant", "reject/final", "final=limit"),
		rejected("PWL108", "`//pawl:continue`", "comes with a later release", "reject/continue", "//pawl:continue"),
		asIs("what a rule rejects, under `//pawl:allow RULE reason` or `//pawl:pure reason`", "at your own risk; `pawl check -report` lists it", "accept/accepted", "//pawl:allow PWL211", "accept/accepted", "//pawl:pure the seed"),
		rejected("PWL251", "`//pawl:allow` that accepts nothing", "could hide a later mistake", "reject/accepted", "//pawl:allow PWL210"),
		rejected("PWL252", "`//pawl:pure` that changes nothing", "would keep the function from being checked", "reject/accepted", "func title(s string)"),
		asIs("packages with generated code that are imported with a dot by one without", "names are found", "accept/dotimport", `. "`),
	},
}
