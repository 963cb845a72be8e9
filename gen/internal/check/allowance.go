// The places where the author accepts findings.

package check

import (
	"go/ast"
	"go/token"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// allowance is one //pawl:allow with the statement or declaration that it is for.
type allowance struct {
	gosrc.Allow
	from, to token.Pos // NoPos if nothing follows the directive
	accepts  []diag.Diagnostic
}

// findAllowances returns the directives of a program.
func findAllowances(x *decls.Index) (all []*allowance) {
	for _, pkg := range x.Packages {
		for _, f := range pkg.Files {
			for _, a := range f.Allows {
				from, to := covered(x.Prog.Fset, f.Syntax, a.Pos)
				all = append(all, &allowance{Allow: a, from: from, to: to})
			}
		}
	}
	return all
}

// covered finds the largest statement, declaration or field that begins on the line of a directive, or else on the line
// after the comment that the directive is in.
func covered(fset *token.FileSet, file *ast.File, pos token.Pos) (from, to token.Pos) {
	line := fset.Position(pos).Line
	next := line + 1
	for _, g := range file.Comments {
		if g.Pos() <= pos && pos < g.End() {
			next = fset.Position(g.End()).Line + 1
		}
	}
	for _, want := range []int{line, next} {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n.(type) {
			case ast.Stmt, ast.Decl, ast.Spec, *ast.Field:
				if start := begin(n); fset.Position(start).Line == want && from == token.NoPos {
					from, to = start, n.End()
				}
			}
			return from == token.NoPos && n != nil
		})
		if from != token.NoPos {
			break
		}
	}
	return from, to
}

// begin is where a node begins, after its comment.
func begin(n ast.Node) token.Pos {
	switch d := n.(type) {
	case *ast.FuncDecl:
		return d.Type.Func
	case *ast.GenDecl:
		return d.TokPos
	}
	return n.Pos()
}

func (a *allowance) covers(pos token.Pos) bool {
	return pos != token.NoPos && a.from <= pos && pos < a.to
}
