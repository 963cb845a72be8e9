// Predeclared names, which the author's package may declare as something else.

package emit

import (
	"bytes"
	"go/types"
	"regexp"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// predeclared writes what Go declares under a name. Whether the name can be used for it is only known when the file is
// rendered: until then it has the suffix that nothing else may have.
func predeclared(name string) *jen.Statement { return jen.Id(name + ir.Suffix + ir.Suffix) }

var inPredeclared = regexp.MustCompile(`\b([a-z0-9]+)` + ir.Suffix + ir.Suffix)

// spellPredeclared replaces what predeclared wrote: by the name itself or, where the author's package declares that name, by the
// alias that package abi has for it.
func (w *writer) spellPredeclared(src []byte) []byte {
	return inPredeclared.ReplaceAllFunc(src, func(found []byte) []byte {
		name := string(bytes.TrimSuffix(found, []byte(ir.Suffix+ir.Suffix)))
		if w.authors(name) {
			name = w.names.imports.Name(abiPath, "abi") + "." + exported(name)
		}
		return []byte(name)
	})
}

// authors reports whether the author's package declares a name.
func (w *writer) authors(name string) bool {
	_, declared := slices.BinarySearch(w.pkg.Scope, name)
	return declared
}

// panics writes panic(x), or a loop of it where panic is a function like any other, after which a result would be missing.
func (w *writer) panics(x jen.Code) jen.Code {
	call := predeclared("panic").Call(x)
	if w.authors("panic") {
		return jen.For().Block(call)
	}
	return call
}

// isPredeclared reports whether Go declares a name.
func isPredeclared(name string) bool { return types.Universe.Lookup(name) != nil }
