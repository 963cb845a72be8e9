// The imports of a lowered file: those of the author's file that its functions still use, and those that lowering adds.

package lower

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/imports"
)

// fileImports are the imports of one lowered file.
type fileImports struct {
	*imports.Set
	l        *lowerer
	shadowed map[string]bool // names that may mean something other than an import
}

// newImports returns the imports of a file without those of the author's file. It names package abi.
func newImports(l *lowerer) fileImports {
	im := fileImports{imports.New(l.names.free), l, l.declared()}
	l.names.abi = im.Name(importpath.ABI, "abi")
	return im
}

// keep keeps an import of the author's file.
func (im *fileImports) keep(spec *ast.ImportSpec) {
	alias := ""
	if spec.Name != nil {
		alias = spec.Name.Name
	}
	im.Add(imports.Import{Path: pathOf(spec), Alias: alias})
}

// keepName keeps the import that a qualifier of the copy refers to.
func (im *fileImports) keepName(name *types.PkgName) {
	for _, spec := range im.l.file.Syntax.Imports {
		if im.l.info.PkgNameOf(spec) == name {
			im.keep(spec)
		}
	}
}

// keepDot keeps the dot import of a package.
func (im *fileImports) keepDot(pkg *types.Package) {
	for _, spec := range im.l.file.Syntax.Imports {
		if spec.Name != nil && spec.Name.Name == "." && pathOf(spec) == pkg.Path() {
			im.keep(spec)
		}
	}
}

// qualifier returns what qualifies an inserted name of a package, with its dot. It is empty for the file's own package.
func (im *fileImports) qualifier(pkg *types.Package) string {
	if pkg == im.l.pkg.Types {
		return ""
	}
	for _, spec := range im.l.file.Syntax.Imports {
		name := im.l.info.PkgNameOf(spec)
		if pathOf(spec) == pkg.Path() && name != nil && name.Name() != "_" && name.Name() != "." && !im.shadowed[name.Name()] {
			im.keep(spec)
			return name.Name() + "."
		}
	}
	return im.Name(pkg.Path(), pkg.Name()) + "."
}

// declared returns the names that the file declares, apart from imports. Where such a declaration is in scope, the name is
// not a qualifier.
func (l *lowerer) declared() map[string]bool {
	names := map[string]bool{}
	ast.Inspect(l.file.Syntax, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			if _, isImport := l.info.Defs[id].(*types.PkgName); !isImport && l.info.Defs[id] != nil {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

func pathOf(spec *ast.ImportSpec) string { return strings.Trim(spec.Path.Value, "`\"") }
