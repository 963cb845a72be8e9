package lower

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// This file keeps the imports of a lowered file: those of the author's that its functions still use, and those that
// lowering brings along.

// imports are those of one lowered file.
type imports struct {
	l        *lowerer
	shadowed map[string]bool            // names that may mean something else than an import
	used     map[string]*ast.ImportSpec // the author's, by path and name
	added    map[string]added           // lowering's, by path
}

// added is an import that the author's file does not have.
type added struct {
	name  string
	plain bool // the path alone gives the name
}

func newImports(l *lowerer) imports {
	return imports{
		l: l, shadowed: l.declared(), used: map[string]*ast.ImportSpec{},
		added: map[string]added{importpath.ABI: {l.names.abi, l.names.abi == "abi"}},
	}
}

// keep notes that the copy still uses the import of a qualifier.
func (im *imports) keep(name *types.PkgName) {
	for _, spec := range im.l.file.Syntax.Imports {
		if im.l.info.PkgNameOf(spec) == name {
			im.used[specKey(spec)] = spec
		}
	}
}

// keepDot notes that the copy uses a name of a package that the file imports with a dot.
func (im *imports) keepDot(pkg *types.Package) {
	for _, spec := range im.l.file.Syntax.Imports {
		if spec.Name != nil && spec.Name.Name == "." && pathOf(spec) == pkg.Path() {
			im.used[specKey(spec)] = spec
		}
	}
}

// qualifier is what stands in front of an inserted name of a package, with its dot; empty in the package itself.
func (im *imports) qualifier(pkg *types.Package) string {
	if pkg == im.l.pkg.Types {
		return ""
	}
	for _, spec := range im.l.file.Syntax.Imports {
		name := im.l.info.PkgNameOf(spec)
		if pathOf(spec) == pkg.Path() && name != nil && name.Name() != "_" && name.Name() != "." && !im.shadowed[name.Name()] {
			im.used[specKey(spec)] = spec
			return name.Name() + "."
		}
	}
	a, ok := im.added[pkg.Path()]
	if !ok {
		name := im.l.names.free(pkg.Name())
		a = added{name, name == pkg.Name() && name == path.Base(pkg.Path())}
		im.added[pkg.Path()] = a
	}
	return a.name + "."
}

// declared are the names that the file declares something with, apart from imports. Where that is in scope, they are no
// qualifiers.
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

// write prints the import declaration: the standard library, then the rest.
func (im *imports) write(b *bytes.Buffer) {
	type line struct{ path, text string }
	var groups [2][]line
	put := func(path, text string) {
		group := 1
		if importpath.IsStd(path) {
			group = 0
		}
		groups[group] = append(groups[group], line{path, text})
	}
	for _, spec := range im.used {
		text := spec.Path.Value
		if spec.Name != nil {
			text = spec.Name.Name + " " + text
		}
		put(pathOf(spec), text)
	}
	for path, a := range im.added {
		text := strconv.Quote(path)
		if !a.plain {
			text = a.name + " " + text
		}
		put(path, text)
	}
	b.WriteString("import (\n")
	for i, g := range groups {
		slices.SortFunc(g, func(a, b line) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.text, b.text)) })
		for _, line := range g {
			fmt.Fprintf(b, "\t%s\n", line.text)
		}
		if i == 0 && len(g) > 0 && len(groups[1]) > 0 {
			b.WriteString("\n")
		}
	}
	b.WriteString(")\n")
}

func specKey(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name + " " + pathOf(spec)
	}
	return pathOf(spec)
}

func pathOf(spec *ast.ImportSpec) string { return strings.Trim(spec.Path.Value, "`\"") }
