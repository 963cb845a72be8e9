// Types: from the text of a type expression to the code that writes it, with the imports that it needs.

package emit

import (
	"fmt"
	"go/ast"
	"go/parser"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// typ writes a type. An invalid one, which the type-checker has reported, becomes any.
func typ(t ir.Type) *jen.Statement {
	expr, err := parser.ParseExpr(t.Text)
	if err != nil {
		return predeclared("any")
	}
	w := typeWriter{}
	for i, pkg := range t.Packages {
		w[fmt.Sprint("p", i)] = pkg.Path
	}
	return w.expr(expr)
}

// typeWriter has the paths of packages by their names in the text of a type.
type typeWriter map[string]string

// braces keep a struct or an interface on one line: struct{ X, Y int; Z string }.
var braces = jen.Options{Open: "{", Close: "}", Separator: ";"}

// expr writes a type expression.
func (w typeWriter) expr(x ast.Expr) *jen.Statement {
	switch x := x.(type) {
	case *ast.Ident:
		if isPredeclared(x.Name) {
			return predeclared(x.Name)
		}
		return jen.Id(x.Name)
	case *ast.SelectorExpr:
		return jen.Qual(w[x.X.(*ast.Ident).Name], x.Sel.Name)
	case *ast.ParenExpr:
		return jen.Parens(w.expr(x.X))
	case *ast.StarExpr:
		return jen.Op("*").Add(w.expr(x.X))
	case *ast.Ellipsis:
		return jen.Op("...").Add(w.expr(x.Elt))
	case *ast.ArrayType:
		if x.Len == nil {
			return jen.Index().Add(w.expr(x.Elt))
		}
		return jen.Index(w.expr(x.Len)).Add(w.expr(x.Elt))
	case *ast.BasicLit: // the length of an array
		n, _ := strconv.Atoi(x.Value)
		return jen.Lit(n)
	case *ast.MapType:
		return jen.Map(w.expr(x.Key)).Add(w.expr(x.Value))
	case *ast.ChanType:
		return channel(x.Dir).Add(w.expr(x.Value))
	case *ast.FuncType:
		return jen.Func().Add(w.signature(x))
	case *ast.StructType:
		return jen.Op("struct").Custom(braces, w.fields(x.Fields)...)
	case *ast.InterfaceType:
		return jen.Op("interface").Custom(braces, w.methods(x.Methods)...)
	case *ast.IndexExpr:
		return w.expr(x.X).Types(w.expr(x.Index))
	case *ast.IndexListExpr:
		var args []jen.Code
		for _, arg := range x.Indices {
			args = append(args, w.expr(arg))
		}
		return w.expr(x.X).Types(args...)
	}
	panic(fmt.Sprintf("a type cannot have a %T in it", x))
}

// channel writes chan, chan<- or <-chan.
func channel(dir ast.ChanDir) *jen.Statement {
	switch dir {
	case ast.SEND:
		return jen.Chan().Op("<-")
	case ast.RECV:
		return jen.Op("<-").Chan()
	}
	return jen.Chan()
}

// signature writes (string, int) (bool, error).
func (w typeWriter) signature(f *ast.FuncType) *jen.Statement {
	s := jen.Params(w.fields(f.Params)...)
	if f.Results == nil {
		return s
	}
	return s.Params(w.fields(f.Results)...)
}

// fields writes what is in a struct, or between the parentheses of a signature: X, Y int and Z string "tag".
func (w typeWriter) fields(list *ast.FieldList) (fields []jen.Code) {
	for _, f := range list.List {
		field := w.expr(f.Type)
		if len(f.Names) > 0 {
			field = jen.ListFunc(func(g *jen.Group) {
				for _, name := range f.Names {
					g.Id(name.Name)
				}
			}).Add(field)
		}
		if f.Tag != nil {
			tag, _ := strconv.Unquote(f.Tag.Value)
			field.Lit(tag)
		}
		fields = append(fields, field)
	}
	return fields
}

// methods writes what is in an interface: Close() error, or the name of an embedded one.
func (w typeWriter) methods(list *ast.FieldList) (methods []jen.Code) {
	for _, m := range list.List {
		if f, ok := m.Type.(*ast.FuncType); ok && len(m.Names) == 1 {
			methods = append(methods, jen.Id(m.Names[0].Name).Add(w.signature(f)))
		} else {
			methods = append(methods, w.expr(m.Type))
		}
	}
	return methods
}
