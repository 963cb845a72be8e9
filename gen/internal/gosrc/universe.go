// The universe: the packages that type-checking imports.

package gosrc

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
)

// universe imports packages: those of the program by their latest types, all others from export data.
type universe struct {
	local  map[string]*types.Package
	export types.Importer
}

// exportOpener opens the export data of a package.
type exportOpener func(path string) (io.ReadCloser, error)

// newUniverse returns a universe without packages of the program. It calls open for the export data of all others.
func newUniverse(fset *token.FileSet, open exportOpener) *universe {
	return &universe{map[string]*types.Package{}, importer.ForCompiler(fset, "gc", importer.Lookup(open))}
}

// Import implements types.Importer.
func (u *universe) Import(path string) (*types.Package, error) {
	if p := u.local[path]; p != nil {
		return p, nil
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return u.export.Import(path)
}
