package language

// This file is about calls and values of functions.

var calls = Theme{
	Title: "Calls",
	Intro: "Whatever reaches something durable is called in its durable form, however it is called.",
	Rows: []Row{
		durable("functions of the module that reach something durable", "their copies are called, in other packages, too", "accept/helpers", "pricing.Discount(ctx, price)", "accept/clock", "lasted(start)"),
		asIs("functions that reach nothing durable", "are called as they are", "accept/recursion", "fibonacci(10)"),
		recorded("activities and steps", "as calls, and as values of functions; with any number of inputs and results", "accept/activities", "//pawl:activity", "accept/steps", "//pawl:step", "accept/funcvalues", `{"double", Double}`, "accept/results", "//pawl:activity", "accept/embedding", "//pawl:activity"),
		durable("methods: selected, promoted, generic, of function types", "as in Go", "accept/methods", `d.rename("Bo")`, "accept/methods", "time.Minute }).wait()", "accept/methods", "d.greet(\"hi\")"),
		durable("values of functions and methods, expressions of methods", "keep their meaning in variables, fields, maps and parameters", "accept/methods", "greet := b.greet", "accept/methods", "(*pair[int, string]).swap)", "accept/methods", "rename, expression := d.rename, (*base).rename", "accept/funcvalues", "pick(false)"),
		durable("methods behind interfaces of the module", "the durable method is found, also through what a type embeds", "accept/dispatch", "s.run(in)", "accept/dispatch", "defer s.guard(&err)", "accept/promotion", "s.Save(fmt.Sprint(i))"),
		rejected("PWL233", "durable methods that the standard library calls", "`String`, `MarshalJSON`, `Less`: it calls the original", "reject/dynamic", "_ = fmt.Sprint(day{})", "reject/dynamic", "json.Marshal(", "reject/dynamic", "sort.Sort("),
		asIs("functions of other modules that are the same on every replay", "are known from their source", "gen/internal/check/testdata/dependencies.txtar", "third.New(1).Add(third.Zero)"),
		rejected("PWL219", "functions of other modules that are not", "with the chain that leads to the reason", "reject/third-party", "limit.Allow()"),
		rejected("PWL231", "another workflow", "child workflows come with a later release", "reject/child", `Ship(ctx, "0")`),
		rejected("PWL232", "the workflow itself, at its end", "may mean two things, which come with a later release", "reject/self-call", "return Watch(ctx, n-1)"),
		asIs("recursion", "as deep as you like. Nothing is said of histories that grow without bound", "accept/recursion", "countdown(n - 1)"),
		rejected("PWL241", "a branch for an error that an activity retries for ever", "is never taken", "reject/dead-branch", "errors."),
	},
}
