// The rows about calls and values of functions.

package language

var calls = Theme{
	Title: "Calls",
	Intro: "A function that reaches a durable operation is called in its durable form, however it is called.",
	Rows: []Row{
		durable("functions of the module that reach a durable operation", "their copies are called, also across packages", "accept/helpers", "pricing.Discount(ctx, price)", "accept/clock", "lasted(start)"),
		asIs("functions that reach no durable operation", "are called unchanged", "accept/recursion", "fibonacci(10)"),
		recorded("activities and steps", "as calls and as function values, with any number of inputs and results", "accept/activities", "//pawl:activity", "accept/steps", "//pawl:step", "accept/funcvalues", `{"double", Double}`, "accept/results", "//pawl:activity", "accept/embedding", "//pawl:activity"),
		durable("methods: selected, promoted, generic, of function types", "as in Go", "accept/methods", `d.rename("Bo")`, "accept/methods", "time.Minute }).wait()", "accept/methods", "d.greet(\"hi\")"),
		durable("function values, method values and method expressions", "keep their meaning in variables, fields, maps and parameters", "accept/methods", "greet := b.greet", "accept/methods", "(*pair[int, string]).swap)", "accept/methods", "rename, expression := d.rename, (*base).rename", "accept/funcvalues", "pick(false)"),
		durable("methods called through interfaces of the module", "the durable method is called, also if it is promoted from an embedded type", "accept/dispatch", "s.run(in)", "accept/dispatch", "defer s.guard(&err)", "accept/promotion", "s.Save(fmt.Sprint(i))"),
		rejected("PWL233", "durable methods that the standard library calls", "`String`, `MarshalJSON`, `Less`: the library calls the original", "reject/dynamic", "_ = fmt.Sprint(day{})", "reject/dynamic", "json.Marshal(", "reject/dynamic", "sort.Sort("),
		asIs("deterministic functions of other modules", "are checked in source form", "gen/internal/check/testdata/dependencies.txtar", "third.New(1).Add(third.Zero)"),
		rejected("PWL219", "non-deterministic functions of other modules", "the diagnostic shows the chain of calls that leads to the reason", "reject/third-party", "limit.Allow()"),
		durable("another workflow", "is a child: a run of its own, whose result or error the call returns; also in goroutines, as a function value, and of another package or task queue",
			"accept/children", "PackAll(ctx, items...)", "accept/children", "each(ctx, items, Pack)", "accept/children", `parcels.Ship(ctx, "Rome", nil)`),
		recorded("`pawl.With(ctx, …)` as the context of a call", "sets the task queue of an activity or child, and the id of a child and what happens to it when its parent closes",
			"accept/calloptions", "pawl.With(ctx, pawl.ChildID(id))", "accept/calloptions", "pawl.OnClose(pawl.CloseTerminate)", "accept/calloptions", `pawl.Queue("callers")`),
		durable("`go Child(pawl.Detached(ctx), …)`", "has started the child when the statement completes; the child goes on when its parent closes", "accept/children", "go Notify(pawl.Detached(ctx)"),
		rejected("PWL231", "a workflow through an interface, or with a channel", "code that does not know the run cannot start a child; a child has channels of its own",
			"reject/child", `s.Store(context.TODO(), "1")`, "reject/child", `Ship(ctx, "0", stop)`),
		recorded("the generated functions that start, find and address runs, with a nil client", "are operations of the run: done once, and recorded; if there is no such run, the error says so",
			"accept/stubs", "StartCounter(ctx, nil, id, 1", "accept/stubs", `FindCounter(nil, id).Ask(ctx, "the sum")`, "accept/stubs", "run.Result(ctx)"),
		rejected("PWL247", "the same functions with a client", "would do it again on every replay", "reject/stubs", `StartShip(ctx, c, "ship-1", "order")`),
		rejected("PWL232", "the workflow itself, in tail position", "is ambiguous: continue as new, which `//pawl:continue` says, or a child", "reject/self-call", "return Watch(ctx, n-1)"),
		warned("PWL244", "an activity or step in an activity", "is called as an ordinary function, without retries and without a record", "reject/plain-calls", "return Log(ctx, cents)"),
		warned("PWL245", "an activity under `context.Background` or `context.TODO`", "does not end with the run", "reject/plain-calls", "Charge(context.Background(), 3)"),
		warned("PWL253", "an activity or step under a context that the function has cancelled before", "is not started; plain Go would call it", "reject/ended-context", `Charge(scope, 2)`),
		warned("PWL246", "a workflow that package main calls by its name", "runs as an ordinary function, without a run", "reject/plain-calls", "Checkout(context.Background())"),
		asIs("recursion", "of any depth. Histories that grow without bound are not reported", "accept/recursion", "countdown(n - 1)", "accept/recursion", "return weigh(twig, n+10)"),
		rejected("PWL241", "a branch for an error that an activity retries indefinitely", "is never taken", "reject/dead-branch", "errors."),
	},
}
