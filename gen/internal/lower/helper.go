// Helpers: the generic functions that lowered files call, and that the generated file of their package declares.

package lower

import (
	"cmp"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// Binders returns the binders that files need together, by name.
func Binders(files []File) []ir.Binder {
	all := map[string]ir.Binder{}
	for _, f := range files {
		for _, b := range f.Binders {
			all[b.Name()] = b
		}
	}
	return byName(all)
}

// Dispatchers returns the dispatchers that files need together, by name.
func Dispatchers(files []File) []ir.Dispatcher {
	all := map[string]ir.Dispatcher{}
	for _, f := range files {
		for _, d := range f.Dispatchers {
			all[d.Name()] = d
		}
	}
	return byName(all)
}

func byName[H interface{ Name() string }](all map[string]H) []H {
	return slices.SortedFunc(maps.Values(all), func(a, b H) int { return cmp.Compare(a.Name(), b.Name()) })
}

// binder is the name of the binder for a function value of the given type, which the package's generated file declares.
func (l *lowerer) binder(form ir.Form, sig *types.Signature) string {
	b := ir.Binder{Shape: shape(sig), Form: form}
	l.binders[b.Name()] = b
	return b.Name()
}

func shape(sig *types.Signature) ir.Shape {
	return ir.Shape{In: sig.Params().Len(), Out: sig.Results().Len(), Variadic: sig.Variadic()}
}

// resultList is how results are written after the parameters of a function.
func resultList(types []string) string {
	switch len(types) {
	case 0:
		return ""
	case 1:
		return " " + types[0]
	default:
		return " (" + strings.Join(types, ", ") + ")"
	}
}

func bracket(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "[" + strings.Join(names, ", ") + "]"
}
