// Package corpus says how the test programs of the Go distribution behave when every function of them is lowered. The tests
// in golden/distribution check it, and docs/language.md shows it.
package corpus

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// Programs is how many programs of GOROOT/test are one file that is built without flags and run without arguments, in the
// release of Go that the figures are of. Candidates are those of them that import no package about which workflow code must
// not know anything, and Differing are the exceptions among the candidates.
const (
	Release    = "1.26"
	Programs   = 1016
	Candidates = 817
	Differing  = 3
)

// Exceptions are the programs that behave differently when they are lowered, with the reasons.
var Exceptions = map[string]string{
	"chan/nonblock.go":               "waits for a ticker of the process, which a package variable holds; rejected",
	"devirtualization_nil_panics.go": "looks for its own line in its own file, which lowered code names without the folder; package `runtime` is rejected",
	"fixedbugs/bug347.go":            byName,
	"fixedbugs/bug348.go":            byName,
	"fixedbugs/issue17381.go":        byName,
	"fixedbugs/issue19040.go":        "prints the text of a runtime error that names a method: that is `F__pawl`",
	"fixedbugs/issue21879.go":        byName,
	"fixedbugs/issue22662.go":        "has `//line` directives in a function, which do not hold in the copy",
	"fixedbugs/issue24491a.go":       "wants `//go:uintptrescapes` to hold for the copy, too; `unsafe` is rejected",
	"fixedbugs/issue24491b.go":       "wants `//go:uintptrescapes` to hold for the copy, too; `unsafe` is rejected",
	"fixedbugs/issue25897a.go":       garbage,
	"fixedbugs/issue25897b.go":       "finds a method by reflection, which gives the original; rejected",
	"fixedbugs/issue30977.go":        garbage,
	"fixedbugs/issue40954.go":        "tests the stack of a goroutine by `unsafe`; rejected",
	"fixedbugs/issue58300.go":        byName,
	"fixedbugs/issue58300b.go":       byName,
	"fixedbugs/issue7690.go":         byName,
	"fixedbugs/issue9110.go":         "counts the objects of the process, and a history has some for each timer; package `runtime` is rejected",
	"goprint.go":                     "waits until `runtime.NumGoroutine` falls; rejected",
	"heapsampling.go":                "looks for its functions in a profile; package `runtime` is rejected",
	"inline_literal.go":              byName,
	"linkmain_run.go":                "builds other programs, which takes longer than the test waits; `os/exec` is rejected",
	"maplinear.go":                   "measures the time that code takes, and a run's time does not follow it",
	"noinit.go":                      "wants a program without an `init`; generated code has one",
	"nosplit.go":                     "builds other programs, which takes longer than the test waits; `os/exec` is rejected",
	"typeparam/nested.go":            "prints the compiler's numbers of local types, which are others in the copy",
}

const (
	byName  = "looks for a function by the name of its symbol, which is another one for a copy; package `runtime` is rejected"
	garbage = "collects garbage in a loop that never waits; package `runtime` is rejected"
)

// Tests are how many tests of a package of the standard library are tried as programs. They are in a package of their
// own, such as context_test, and use nothing that only tests of the package see.
var Tests = map[string]int{"context": 28, "iter": 12, "sync": 33, "time": 98}

// LeftOut are the tests that are not tried, with the reasons.
var LeftOut = map[string]string{
	"TestLongAdjustTimers": "moves millions of values to find how long the timers of the process take",
}

// Page renders the part of docs/language.md about the programs.
func Page() []byte {
	var b bytes.Buffer
	same := Programs - len(Exceptions)
	candidates := Candidates - Differing
	fmt.Fprintf(&b, `
## Programs of the Go distribution

The Go distribution tests Go with programs. `+"`go test ./golden/distribution -distribution.programs .`"+` lowers every function of
each, without asking whether the checker accepts it, and compares output and exit status with the original's. Of %d programs of
Go %s that are one file each, %d (%.1f %%) behave the same. %d of them import none of `+"`runtime`, `unsafe`, `syscall` and `os/exec`"+`, which the checker
rejects; of those, %d (%.1f %%) behave the same. A sample of the programs runs in every test. The others:

| program | difference |
|---|---|
`, Programs, Release, same, 100*float64(same)/Programs, Candidates, candidates, 100*float64(candidates)/Candidates)
	for _, name := range slices.Sorted(maps.Keys(Exceptions)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, Exceptions[name])
	}
	b.WriteString(`
Tests of some packages of the standard library become programs, too, if they are in a package of their own, such as
context_test, and use nothing that only tests of the package see. ` + "`go test ./golden/distribution -run TestPackages -distribution.packages`" + ` compares what each of them prints
with what the original prints. All are the same:

| package | tests |
|---|---|
`)
	for _, pkg := range slices.Sorted(maps.Keys(Tests)) {
		fmt.Fprintf(&b, "| %s | %d |\n", pkg, Tests[pkg])
	}
	b.WriteString("\nLeft out:")
	for _, name := range slices.Sorted(maps.Keys(LeftOut)) {
		fmt.Fprintf(&b, " %s, which %s.", name, LeftOut[name])
	}
	b.WriteString("\n")
	return b.Bytes()
}
