// The universe: the packages that type-checking imports.

package gosrc

import (
	"go/importer"
	"go/token"
	"go/types"
	pathpkg "path"
)

// universe imports packages: those of the program by their latest types, all others from export data.
type universe struct {
	local  map[string]*types.Package
	export types.Importer
	absent map[string]bool // packages that only stubs import, and that are not there: they are empty
}

// newUniverse returns a universe without packages of the program. All others come from the listing's export data.
func newUniverse(fset *token.FileSet, list *listing) *universe {
	return &universe{map[string]*types.Package{}, importer.ForCompiler(fset, "gc", list.open), list.absent}
}

// Import implements types.Importer.
func (u *universe) Import(path string) (*types.Package, error) {
	if p := u.local[path]; p != nil {
		return p, nil
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if u.absent[path] {
		u.local[path] = types.NewPackage(path, pathpkg.Base(path))
		u.local[path].MarkComplete()
		return u.local[path], nil
	}
	return u.export.Import(path)
}
