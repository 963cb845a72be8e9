// Helpers of a package, from what lowering its files asked for.

package gen

import (
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/lower"
)

// helpers are what the lowered files of a package need, each once.
func helpers(pkg *gosrc.Package, lowered []lower.File) (out []ir.Helper) {
	own := slices.DeleteFunc(slices.Clone(lowered), func(f lower.File) bool { return f.Pkg != pkg })
	for _, b := range lower.Binders(own) {
		out = append(out, helper(b))
	}
	for _, d := range lower.Dispatchers(own) {
		out = append(out, helper(d))
	}
	return out
}

// generic is a generic function that lowered files use.
type generic interface {
	Name() string
	Doc() string
	Decl(abi string) string
}

func helper(g generic) ir.Helper { return ir.Helper{Name: g.Name(), Doc: g.Doc(), Code: code(g)} }

// code is the declaration of a helper, cut where it names the run's type.
func code(b generic) (out ir.Type) {
	const abi = "\x00"
	run := ir.Part{Ref: ir.Ref{Pkg: ir.Import{Path: importpath.ABI, Name: "abi"}, Name: "Run"}}
	for i, text := range strings.Split(b.Decl(abi), abi+".Run") {
		if i > 0 {
			out = append(out, run)
		}
		out = append(out, ir.Part{Text: text})
	}
	return out
}
