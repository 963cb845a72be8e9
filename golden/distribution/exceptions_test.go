package distribution_test

// exceptions are the programs that behave differently when they are lowered, with the reasons.
var exceptions = map[string]string{
	"chan/nonblock.go": "it waits for a ticker of the process, which a package variable holds; the checker rejects that",
	"chanlinear.go":    "it measures the time that code takes, and a run's time stands still while code runs",
	"fixedbugs/bug347.go": "it looks for a function by the name that its symbol has, which that of a copy is not; the checker rejects " +
		"package runtime",
	"fixedbugs/issue24491a.go": "it wants a //go:uintptrescapes to hold for the copy too; the checker rejects unsafe code",
	"fixedbugs/issue24491b.go": "it wants a //go:uintptrescapes to hold for the copy too; the checker rejects unsafe code",
	"fixedbugs/issue25897a.go": "one of its goroutines never waits, and coroutines take turns only where they wait",
	"fixedbugs/issue25897b.go": "it finds a method by reflection, which gives the original; the checker rejects that",
	"fixedbugs/issue9110.go":   "it counts the objects of the process, and a history has some for each timer",
	"recover.go": "one of its 24 cases defers, by reflection, a value of a function that recovers; the checker rejects such values, " +
		"as recover gives nil in them",
}

// uncompiled are the programs that do not compile when they are lowered, with the reasons.
var uncompiled = map[string]string{
	"rename.go": "it declares names such as string at package level, which generated declarations mean as Go does",
}
