// Helpers: the generic functions that lowered files call, and that the generated file of their package declares.

package lower

import (
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
