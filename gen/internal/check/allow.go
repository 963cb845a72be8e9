package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file is about what the author takes upon himself: //pawl:allow and //pawl:pure.

// allowance is one //pawl:allow with the lines of the statement or declaration that it is for.
type allowance struct {
	gosrc.Allow
	from, to token.Pos // NoPos if nothing follows the directive
	accepts  []diag.Diagnostic
}

// collectAllows enters the directives of a file.
func (c *checker) collectAllows(p *gosrc.Package, f *gosrc.File) {
	for _, a := range f.Allows {
		from, to := c.covers(f.Syntax, a.Pos)
		c.allows = append(c.allows, &allowance{Allow: a, from: from, to: to})
	}
}

// covers finds the largest statement, declaration or field that begins on the line of a directive, or else on the line
// after the comment that it is in.
func (c *checker) covers(file *ast.File, pos token.Pos) (from, to token.Pos) {
	line := c.prog.Fset.Position(pos).Line
	next := line + 1
	for _, g := range file.Comments {
		if g.Pos() <= pos && pos < g.End() {
			next = c.prog.Fset.Position(g.End()).Line + 1
		}
	}
	for _, want := range []int{line, next} {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n.(type) {
			case ast.Stmt, ast.Decl, ast.Spec, *ast.Field:
				if start := begin(n); c.prog.Fset.Position(start).Line == want && from == token.NoPos {
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
	if d, ok := n.(*ast.FuncDecl); ok {
		return d.Type.Func
	}
	if d, ok := n.(*ast.GenDecl); ok {
		return d.TokPos
	}
	return n.Pos()
}

// accepted reports whether the author has accepted a finding, where it is or where what it is about is declared.
func (c *checker) accepted(f finding) bool {
	ok := false
	for _, a := range c.allows {
		if a.Rule == f.rule && (within(f.pos, a) || within(f.decl, a)) {
			a.accepts = c.add(a.accepts, diag.Diagnostic{Pos: c.position(f.pos), Rule: f.rule, Message: f.message})
			ok = true
		}
	}
	return ok
}

func within(pos token.Pos, a *allowance) bool {
	return pos != token.NoPos && a.from <= pos && pos < a.to
}

// checkDirectives reports directives that accept nothing. Those in code that no workflow reaches are left alone: a
// workflow of another program may reach it.
func (c *checker) checkDirectives() {
	for _, a := range c.allows {
		switch {
		case !slices.ContainsFunc(Rules, func(r diag.Rule) bool { return r.ID == a.Rule }):
			c.directive(a.Pos, fmt.Sprintf("pawl:allow names %s, which is not a rule that can be accepted", a.Rule), "name the rule that stands at the end of the diagnostic's first line")
		case len(a.accepts) == 0 && c.looked(a):
			c.directive(a.Pos, fmt.Sprintf("pawl:allow %s accepts nothing", a.Rule), "remove it")
		}
	}
	c.checkPure()
}

func (c *checker) directive(pos token.Pos, message, fix string) {
	c.found = append(c.found, diag.Diagnostic{Pos: c.position(pos), Rule: unusedAllow, Message: message, Fix: fix})
}

// looked reports whether the code that an allowance is for was looked at.
func (c *checker) looked(a *allowance) bool {
	if a.from == token.NoPos {
		return true
	}
	for _, n := range c.nodes {
		if d, ok := c.index.Funcs[n.fn]; ok && !d.Pure && d.Decl.Pos() <= a.from && a.from < d.Decl.End() {
			return true
		}
		if n.v != nil && a.from <= n.v.Pos() && n.v.Pos() < a.to {
			return true
		}
	}
	return false
}

// checkPure reports functions marked //pawl:pure that are found deterministic without it.
func (c *checker) checkPure() {
	for fn, d := range c.index.Funcs {
		if n := c.nodes[fn]; n == nil || !d.Pure || d.Decl.Body == nil {
			continue
		}
		if c.pureByItself(&node{fn: fn, pkg: d.Pkg}, d) {
			c.found = append(c.found, diag.Diagnostic{
				Pos: c.position(d.Decl.Name.Pos()), Rule: unusedPure, Fix: "remove the directive, so that the body is checked again when it changes",
				Message: gotypes.LocalName(fn) + " is deterministic without pawl:pure",
			})
		}
	}
}

// pureByItself looks at the body of a function as if it were not marked.
func (c *checker) pureByItself(n *node, d decls.Func) bool {
	c.scan(n, d.Pkg, d.File, d.Decl)
	r := c.reach(n)
	for _, n := range r.nodes {
		if len(n.findings) > 0 || len(n.effects) > 0 || c.lowered[n] {
			return false
		}
	}
	return len(r.dead) == 0
}
