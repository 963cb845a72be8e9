// The rows about statements, types and files.

package language

var code = Theme{
	Title: "Statements, types, files",
	Intro: "The durable copy of a function is the author's text with some calls replaced.",
	Rows: []Row{
		asIs("closures", "are created in the copy and know the run", "accept/closures", "from, err = Next(ctx, from)"),
		asIs("line numbers, in stack traces and in the history", "are the author's, for every kind of statement", "accept/positions", "//pawl:pure the copy of a function has the lines of the function"),
		asIs("generic functions and types", "are copied once for all instances", "accept/generics", "func each[S ~[]E, E, R any](", "accept/methods", "func (p *pair[A, B]) swap()", "accept/channels", "func drain[C ~chan T, T any](ch C)"),
		asIs("range over functions, with `break`, `return` and `defer` in the body", "an iterator may wait between two values", "accept/pulls", "range pages(ctx, note)", "accept/pulls", `defer note("deferred")`, "accept/iterators", "range pages(ctx, 3)"),
		durable("`iter.Pull`, `iter.Pull2`", "the sequence may call activities; if it is not stopped, it ends with the run", "accept/pulls", "iter.Pull2(pages(ctx, note))", "internal/runtime/replay/replay_test.go", "TestPulledSequencesEndWithTheRun"),
		asIs("callbacks passed to the standard library", "may wait", "accept/iterators", "slices.SortFunc(words", "accept/iterators", "strings.Map("),
		asIs("`defer`", "runs in the usual order, also when the run is cancelled or panics", "accept/deferred", "defer time.Sleep(time.Second)", "accept/panics", "defer func(was int)"),
		asIs("`panic` and `recover`", "in calls, deferred calls and goroutines", "accept/panics", "defer s.end()", "accept/panics", "panic(errors.ErrUnsupported)", "accept/panics", "recover().(runtime.Error)", "accept/deferred", "r := recover()"),
		durable("a named function or a method that recovers, used as a value or behind an embedded interface", "recovers if it is deferred", "accept/recovers", "f := rescue", "accept/recovers", "defer rescueNamed(both(&err))", "accept/recovers", "defer h.handle(&err)"),
		asIs("`goto`, labels, `fallthrough`, `switch`, type switches", "unchanged", "accept/jumps", "goto again", "accept/jumps", "fallthrough", "accept/jumps", "continue rows", "accept/jumps", "switch s := s.(type)"),
		asIs("`init` and initializers", "are not copied; durable calls in them are rejected", "accept/library", "page  = template.Must("),
		rejected("PWL236", "a function-local type that leaves the function through `errors.As`, an activity's input or an interface", "is a different type in the copy", "reject/local-type", "errors.As(err, &f)"),
		asIs("`//go:build go1.21` and other language versions", "the copy has the same language version, so loops mean the same", "accept/versions", "//go:build go1.21"),
		asIs("build tags, files for one platform", "the copy has the same constraints", "accept/constraints", "//go:build"),
		rejected("PWL234", "functions without a body, `//go:linkname`", "cannot be checked", "reject/linkname", "return nanotime(), nil", "reject/no-source", "fast(1)"),
		rejected("PWL214", "reflection on code: `Call`, `MethodByName`, `MakeFunc`", "makes calls that the compiler cannot see", "reject/reflection", `MethodByName("Total").Call(nil)`, "reject/reflection", "reflect.MakeFunc("),
		asIs("reflection on values", "`DeepEqual`, `TypeOf`, fields", "accept/library", "reflect.DeepEqual("),
		asIs("shadowed package names", "generated names avoid them", "accept/shadowing", "func (t time) Sleep()"),
		rejected("PWL238", "names that end in `__pawl`", "are reserved for generated code", "reject/name-taken", "__pawl"),
		rejected("PWL239", "dot imports of packages with generated code", "the generated names collide", "reject/dot-import", `. "`),
	},
}
