package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about code of other modules. It is followed like the author's, with two differences: it cannot be
// lowered, so what is durable there is a fault; and faults are reported where the author's code leads into it.

// Reached names the packages of other modules that workflows mention and that have to be known from their source.
func Reached(prog *gosrc.Program) []string {
	c := newChecker(prog)
	for _, w := range c.workflows() {
		c.reach(c.function(w.Obj))
	}
	c.checkPure() // what is marked pure may not need to be
	return slices.Sorted(maps.Keys(c.unknown))
}

// cause is why code of another module cannot be run in a workflow.
type cause struct {
	pos  token.Pos
	what string // "disk.load calls os.Getenv, which differs between processes"
}

// judgeDependencies reports the ways from one of the author's nodes into code of other modules that end badly.
func (c *checker) judgeDependencies(r *reach, n *node) {
	for _, e := range slices.Concat(n.edges, r.dynamic[n]) {
		if !c.index.IsExternal(e.to.pkg) {
			continue
		}
		if why, way := c.search(r, e.to); why != nil {
			c.accuseDependency(r, n, dependencyFinding(n, e, why), why, way)
		}
	}
}

func dependencyFinding(n *node, e edge, why *cause) finding {
	f := finding{
		pos: e.pos, rule: stdlib.UnknownModule, fix: stdlib.VouchFor,
		message: fmt.Sprintf("%s %s %s, which is third-party code: %s", n.subject(), e.verb, e.to.name(n.pkg.Types), why.what),
	}
	if n.v != nil {
		f.decl = n.v.Pos()
	}
	return f
}

func (c *checker) accuseDependency(r *reach, n *node, f finding, why *cause, way []step) {
	if c.accepted(f) {
		return
	}
	chain := c.chain(r, n)
	for _, s := range way {
		chain = append(chain, diag.Call{Pos: c.position(s.edge.pos), Text: link(s, r.root.pkg.Types)})
	}
	does, _, _ := strings.Cut(why.what, ", ")
	chain = append(chain, diag.Call{Pos: c.position(why.pos), Text: does})
	c.found = c.add(c.found, diag.Diagnostic{Pos: c.position(f.pos), Rule: f.rule, Message: f.message, Chain: chain, Fix: f.fix})
}

// search finds the nearest cause in code of other modules, from a node on, and the way there; nil if all is well. Of two
// that are equally near it takes the one that stands first.
func (c *checker) search(r *reach, from *node) (*cause, []step) {
	parent := map[*node]step{from: {}}
	queue := []*node{from}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		if why := c.cause(r, n); why != nil {
			return why, wayTo(n, from, parent)
		}
		for _, e := range slices.Concat(n.edges, r.dynamic[n]) {
			if _, seen := parent[e.to]; !seen && c.index.IsExternal(e.to.pkg) {
				parent[e.to] = step{n, e}
				queue = append(queue, e.to)
			}
		}
	}
	return nil, nil
}

func wayTo(n, from *node, parent map[*node]step) (way []step) {
	for n != from {
		way = append(way, parent[n])
		n = parent[n].from
	}
	slices.Reverse(way)
	return way
}

// cause is why the body of a node by itself cannot be run in a workflow, or nil.
func (c *checker) cause(r *reach, n *node) *cause {
	switch {
	case c.annotatedElsewhere(n):
		return causeIn(n, n.object().Pos(), n.subject()+" is annotated, but Pawl compiles the annotations of one module alone")
	case len(n.effects) > 0:
		return causeIn(n, n.effects[0].pos, fmt.Sprintf("%s reaches %s, and code of another module cannot get the run", n.subject(), n.effects[0].what))
	case n.v != nil && holdsFunc(n.v.Type(), map[types.Type]bool{}) && closure(n, map[*node]bool{}):
		return causeIn(n, n.v.Pos(), n.subject()+" may hold a function with variables of its own, which all runs share")
	}
	for _, f := range n.findings {
		if !f.lowered && f.rule != contextValue {
			return causeIn(n, f.pos, f.message)
		}
	}
	for _, e := range r.dynamic[n] {
		if c.lowered[e.to] {
			return causeIn(n, e.pos, c.dynamicFinding(n, e).message)
		}
	}
	for _, e := range r.dead {
		if e.from == n {
			return causeIn(n, e.pos, e.message)
		}
	}
	return nil
}

// causeIn is a cause with a message about the body of a node. The reader is in another package.
func causeIn(n *node, pos token.Pos, message string) *cause {
	subject := gotypes.NameIn(nil, n.object())
	if n.v != nil {
		subject = "the initialisation of " + subject
	}
	return &cause{pos, subject + strings.TrimPrefix(message, n.subject())}
}

// annotatedElsewhere reports whether a function of another module has a directive of Pawl.
func (c *checker) annotatedElsewhere(n *node) bool {
	d := c.index.Funcs[n.fn].Decl
	return d != nil && d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(comment *ast.Comment) bool { return annotations.Is(comment.Text) })
}
