package golden_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPositionsLeadBack holds every lowered function of this module against its author's text: a word that both have
// equally often stands, by way of the line directives, where the author wrote it.
func TestPositionsLeadBack(t *testing.T) {
	count := 0
	err := filepath.WalkDir("..", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".pawl.go") && !strings.HasSuffix(name, ".guard.pawl.go") {
			count += leadBack(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 15_000 {
		t.Errorf("only %d words compared", count)
	}
}

func leadBack(t *testing.T, name string) (count int) {
	fset := token.NewFileSet()
	authored := functions(t, fset, strings.TrimSuffix(name, ".pawl.go")+".go")
	for id, copied := range functions(t, fset, name) {
		original := authored[strings.TrimSuffix(id, "__pawl")]
		if original == nil {
			continue // the twin of a promoted method has no text of the author
		}
		was, is := places(fset, original), places(fset, copied)
		for word, list := range is {
			if len(list) != len(was[word]) {
				continue
			}
			count += len(list)
			if !slices.Equal(list, was[word]) {
				t.Errorf("%s: in %s, %s is at %v, and said to be at %v", name, id, word, was[word], list)
			}
		}
	}
	return count
}

// functions are the functions of a file by receiver and name.
func functions(t *testing.T, fset *token.FileSet, name string) map[string]*ast.FuncDecl {
	file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*ast.FuncDecl{}
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			id := d.Name.Name
			if d.Recv != nil {
				id = typeName(d.Recv.List[0].Type) + "." + id
			}
			found[id] = d
		}
	}
	return found
}

func typeName(x ast.Expr) string {
	for {
		switch y := x.(type) {
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.IndexListExpr:
			x = y.X
		case *ast.Ident:
			return y.Name
		default:
			return ""
		}
	}
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// places are where each word of a function says that it stands, in order. The operands of a select are left out: a copy
// has them in the line of the select.
func places(fset *token.FileSet, d *ast.FuncDecl) map[string][]place {
	words, moved := map[string][]place{}, moved(d)
	ast.Inspect(d.Body, func(x ast.Node) bool {
		if moved[x] {
			return false
		}
		var word string
		switch x := x.(type) {
		case *ast.Ident:
			word = strings.TrimSuffix(x.Name, "__pawl")
		case *ast.BasicLit:
			word = x.Value
		}
		if word != "" {
			at := fset.Position(x.Pos())
			words[word] = append(words[word], place{at.Filename, at.Line})
		}
		return true
	})
	return words
}

// moved are the operands and assignments of a function's selects, as the author wrote them or as they are in a copy, and
// what a copy calls in abi and, for a method of an interface, in the stubs.
func moved(d *ast.FuncDecl) map[ast.Node]bool {
	found := map[ast.Node]bool{}
	ast.Inspect(d, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.CommClause:
			if x.Comm != nil {
				found[x.Comm] = true
			}
		case *ast.SwitchStmt:
			if call, ok := x.Tag.(*ast.CallExpr); ok && selects(call.Fun) {
				found[x.Tag] = true
				if x.Init != nil {
					found[x.Init] = true
				}
			}
		case *ast.SelectorExpr:
			if pkg, ok := x.X.(*ast.Ident); ok && pkg.Name == "abi" {
				found[x] = true // is not the author's
			}
		case *ast.CallExpr:
			if f, ok := x.Fun.(*ast.Ident); ok && strings.HasPrefix(f.Name, "bindon") {
				found[x] = true // names the type of a receiver
			}
		case *ast.AssignStmt:
			found[x] = found[x] || takes(x.Rhs[0])
		}
		return true
	})
	return found
}

// selects reports whether a function is one that a select becomes.
func selects(f ast.Expr) bool {
	sel, ok := f.(*ast.SelectorExpr)
	return ok && (sel.Sel.Name == "Select" || sel.Sel.Name == "TrySelect")
}

// takes reports whether an expression is what a case of a select received.
func takes(x ast.Expr) (found bool) {
	ast.Inspect(x, func(x ast.Node) bool {
		if sel, ok := x.(*ast.SelectorExpr); ok {
			arm, ok := sel.X.(*ast.Ident)
			found = found || ok && strings.HasPrefix(arm.Name, "_c")
		}
		return !found
	})
	return found
}
