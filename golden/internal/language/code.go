package language

// This file is about statements, types and files.

var code = Theme{
	Title: "Statements, types, files",
	Intro: "The durable copy of a function is the author's text with other calls in it.",
	Rows: []Row{
		asIs("closures", "are made in the copy, and know the run", "accept/closures", "from, err = Next(ctx, from)"),
		asIs("lines, in stacks and in the history", "are the author's, in every kind of statement", "accept/positions", "//pawl:pure the copy of a function has the lines of the function"),
		asIs("generic functions and types", "are copied once for all their types", "accept/generics", "func each[S ~[]E, E, R any](", "accept/methods", "func (p *pair[A, B]) swap()", "accept/channels", "func drain[C ~chan T, T any](ch C)"),
		asIs("loops over functions, with `break`, `return` and `defer` in them", "an iterator may wait between two values", "accept/pulls", "range pages(ctx, note)", "accept/pulls", `defer note("deferred")`, "accept/iterators", "range pages(ctx, 3)"),
		durable("`iter.Pull`, `iter.Pull2`", "the sequence may call activities, and ends with the run, if nothing has stopped it", "accept/pulls", "iter.Pull2(pages(ctx, note))", "internal/runtime/replay/replay_test.go", "TestPulledSequencesEndWithTheRun"),
		asIs("callbacks of the standard library", "may wait", "accept/iterators", "slices.SortFunc(words", "accept/iterators", "strings.Map("),
		asIs("`defer`", "in its order, also while the run is cancelled or panics", "accept/deferred", "defer time.Sleep(time.Second)", "accept/panics", "defer func(was int)"),
		asIs("`panic` and `recover`", "in calls, defers and goroutines", "accept/panics", "defer s.end()", "accept/panics", "panic(errors.ErrUnsupported)", "accept/panics", "recover().(runtime.Error)", "accept/deferred", "r := recover()"),
		rejected("PWL235", "a named function that recovers, as a value", "would recover nothing", "reject/recover-value", "cleanup := guard"),
		asIs("`goto`, labels, `fallthrough`, `switch`, type switches", "unchanged", "accept/jumps", "goto again", "accept/jumps", "fallthrough", "accept/jumps", "continue rows", "accept/jumps", "switch s := s.(type)"),
		asIs("`init` and initialisers", "are not copied; what has to be durable in them is refused", "accept/library", "page  = template.Must("),
		rejected("PWL236", "a type of a function that leaves it by `errors.As`, an activity's input or an interface", "is another type in the copy", "reject/local-type", "errors.As(err, &f)"),
		asIs("`//go:build go1.21` and its like", "the copy is in the same version: its loops mean the same", "accept/versions", "//go:build go1.21"),
		rejected("PWL237", "a map range that needs an iterator, before Go 1.23", "there are none", "reject/old-loop", "for names[0] = range stock"),
		asIs("build tags, files for one system", "the copy has the same ones", "accept/constraints", "//go:build"),
		rejected("PWL234", "functions without a body, `//go:linkname`", "are not known", "reject/linkname", "return nanotime(), nil", "reject/no-source", "fast(1)"),
		rejected("PWL214", "reflection over code: `Call`, `MethodByName`, `MakeFunc`", "calls behind the compiler's back", "reject/reflection", `MethodByName("Total").Call(nil)`, "reject/reflection", "reflect.MakeFunc("),
		asIs("reflection over values", "`DeepEqual`, `TypeOf`, fields", "accept/library", "reflect.DeepEqual("),
		asIs("names of packages that are shadowed", "generated names make way", "accept/shadowing", "func (t time) Sleep()"),
		rejected("PWL238", "names that end in `__pawl`", "belong to generated code", "reject/name-taken", "__pawl"),
		rejected("PWL239", "packages with generated code, imported with a dot", "their names collide", "reject/dot-import", `. "`),
	},
}
