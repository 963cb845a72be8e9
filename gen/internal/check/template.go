// Which methods templates call. If the texts of all templates of the program are constants, only the methods named there.

package check

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"regexp"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// templates is what is known about the templates of a program.
type templates struct {
	names map[string]bool // after a dot in a text
	known bool            // all texts are constants
}

// fieldName is a field or a method in the text of a template. Names in the text around the actions do no harm.
var fieldName = regexp.MustCompile(`\.\s*([\pL_][\pL\pNd_]*)`)

// methodsOfTemplates returns the names of the methods that a template of the program may call, if they are known.
func (p *program) methodsOfTemplates() (names []string, known bool) {
	if p.templates == nil {
		p.templates = &templates{names: map[string]bool{}, known: true}
		p.index.Each(p.templates.find)
	}
	return slices.Sorted(maps.Keys(p.templates.names)), p.templates.known
}

// find looks for the texts of templates in a declaration.
func (t *templates) find(part decls.Part) {
	info := part.Pkg.Info
	parsed := map[*ast.Ident]bool{}
	ast.Inspect(part.Decl, func(x ast.Node) bool {
		if call, ok := x.(*ast.CallExpr); ok {
			if name, text, ok := parsedText(info, call); ok {
				parsed[name] = true
				for _, match := range fieldName.FindAllStringSubmatch(text, -1) {
					t.names[match[1]] = true
				}
			}
		}
		if id, ok := x.(*ast.Ident); ok && !parsed[id] {
			t.known = t.known && !makesTemplate(info.Uses[id])
		}
		return true
	})
}

// parsedText returns the text that a call makes a template of, if it is a constant, and the name of the method that does so.
func parsedText(info *types.Info, call *ast.CallExpr) (name *ast.Ident, text string, ok bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !makesTemplate(info.Uses[sel.Sel]) || sel.Sel.Name != "Parse" || len(call.Args) != 1 {
		return nil, "", false
	}
	value := info.Types[call.Args[0]].Value
	if value == nil || value.Kind() != constant.String {
		return nil, "", false
	}
	return sel.Sel, constant.StringVal(value), true
}

// makesTemplate reports whether an object makes a template of a text, or changes how texts are read.
func makesTemplate(obj types.Object) bool {
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "text/template/parse":
		return true
	case "text/template", "html/template":
		switch gotypes.LocalName(fn) {
		case "ParseFiles", "ParseGlob", "ParseFS", "Template.Parse", "Template.ParseFiles", "Template.ParseGlob", "Template.ParseFS",
			"Template.AddParseTree", "Template.Delims":
			return true
		}
	}
	return false
}
