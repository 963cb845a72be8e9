// This file chooses the names that lowering inserts. They mean the same everywhere in a file.

package lower

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// names are the inserted names of one file.
type names struct {
	abi, run, iter, recv string
	cases                []string        // of the cases of a select, in order
	taken                map[string]bool // names that occur in the file, and those chosen already
	pkg                  *types.Package
}

func chooseNames(pkg *gosrc.Package, file *gosrc.File) names {
	n := names{taken: map[string]bool{}, pkg: pkg.Types}
	ast.Inspect(file.Syntax, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			n.taken[id.Name] = true
		}
		return true
	})
	for _, spec := range file.Syntax.Imports {
		if p := pkg.Info.PkgNameOf(spec); p != nil {
			n.taken[p.Name()] = true
		}
	}
	n.run, n.iter, n.recv = n.free("_run"), n.free("_it"), n.free("_recv")
	return n
}

// free returns a name like want that is not taken, and marks it as taken.
func (n *names) free(want string) string {
	name := want
	for i := 2; n.taken[name] || n.pkg.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil; i++ {
		name = fmt.Sprint(want, i)
	}
	n.taken[name] = true
	return name
}

// arm returns the name of the i-th case of a select.
func (n *names) arm(i int) string {
	for len(n.cases) <= i {
		n.cases = append(n.cases, n.free(fmt.Sprint("_c", len(n.cases))))
	}
	return n.cases[i]
}
