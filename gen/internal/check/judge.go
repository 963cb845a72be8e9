package check

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file turns what was found on the ways of a workflow into diagnostics, each with the chain that leads there.

// judge reports everything that is wrong in the reach of one workflow.
func (c *checker) judge(r *reach) {
	for _, n := range r.nodes {
		if c.index.IsExternal(n.pkg) {
			continue
		}
		c.judgeDependencies(r, n)
		for _, f := range n.findings {
			if !f.lowered || c.lowered[n] {
				c.accuse(r, n, f)
			}
		}
		if n.v != nil {
			c.judgeVariable(r, n)
		}
		c.judgeValues(r, n)
		for _, e := range r.dynamic[n] {
			if e.via == nil && c.lowered[e.to] {
				c.accuse(r, n, c.dynamicFinding(n, e))
			}
		}
	}
	for _, e := range r.dead {
		if c.index.IsExternal(e.from.pkg) {
			continue
		}
		c.accuse(r, e.from, e.finding)
	}
}

func (c *checker) dynamicFinding(n *node, e edge) finding {
	fix := dynamicCure
	if name := e.to.fn.Name(); name == "Lock" || name == "Unlock" {
		fix = ownLock
	}
	return finding{
		pos: e.pos, rule: dynamicDurable, fix: fix,
		message: fmt.Sprintf("%s %s %s, which %s and needs the run", n.subject(), e.verb, e.to.name(n.pkg.Types), c.because(e.to)),
	}
}

// judgeVariable reports a variable that each process initialises differently, or that holds a durable function.
func (c *checker) judgeVariable(r *reach, n *node) {
	for _, e := range n.effects {
		c.judgeInitialiser(r, n, e)
	}
	for _, e := range n.edges {
		if e.to.fn != nil && c.lowered[e.to] {
			c.judgeInitialiser(r, n, effect{e.pos, c.durability(e.to).rule, e.to.name(n.pkg.Types) + ", which " + c.because(e.to), e.value})
		}
	}
	if holdsFunc(n.v.Type(), map[types.Type]bool{}) && closure(n, map[*node]bool{}) {
		c.accuse(r, n, finding{
			pos: n.v.Pos(), rule: varWrite, decl: n.v.Pos(), fix: "make the function value in a function that the workflow calls",
			message: fmt.Sprintf("package variable %s may hold a function with variables of its own, which all runs share", n.name(n.pkg.Types)),
		})
	}
}

// holdsFunc reports whether a value of a type may hold a function, be it behind an interface.
func holdsFunc(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	case *types.Pointer:
		return holdsFunc(u.Elem(), seen)
	case *types.Slice:
		return holdsFunc(u.Elem(), seen)
	case *types.Array:
		return holdsFunc(u.Elem(), seen)
	case *types.Map:
		return holdsFunc(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if holdsFunc(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// closure reports whether a function literal that changes a variable around it is made on the way from a node.
func closure(n *node, seen map[*node]bool) bool {
	if seen[n] {
		return false
	}
	seen[n] = true
	for _, e := range n.edges {
		if e.to.fn != nil && closure(e.to, seen) {
			return true
		}
	}
	return n.closes
}

func (c *checker) judgeInitialiser(r *reach, n *node, e effect) {
	name := n.name(n.pkg.Types)
	f := finding{
		pos: e.pos, rule: e.rule, decl: n.v.Pos(), fix: cmp.Or(makeInRun[e.rule], "initialise it with constants, or "+stdlib.UseInput),
		message: fmt.Sprintf("package variable %s is initialised by %s, so each process may have another value", name, e.what),
	}
	if e.value {
		f.rule, f.fix = varDurable, "make the function value in a function that the workflow calls"
		f.message = fmt.Sprintf("package variable %s holds a function that does not know the run, but uses %s", name, e.what)
	}
	c.accuse(r, n, f)
}

// judgeValues reports lowered functions that recover and are used as values: bound to the run, they would not.
func (c *checker) judgeValues(r *reach, n *node) {
	for _, e := range slices.Concat(n.edges, r.dynamic[n]) {
		if taken := e.verb == "uses" || e.via != nil && e.value; taken && e.to.recovers && c.lowered[e.to] && n.fn != nil {
			c.accuse(r, n, finding{
				pos: e.pos, rule: recoverValue, fix: "call it by name in the defer statement, or write a function literal that recovers",
				message: fmt.Sprintf("%s uses %s as a value, in which its recover gives nil", n.name(n.pkg.Types), e.to.name(n.pkg.Types)),
			})
		}
	}
}

// because says why a function is durable.
func (c *checker) because(n *node) string {
	if e := c.durability(n); e.what != "" {
		return "reaches " + e.what
	}
	return "is a workflow"
}

// durability is the operation that makes a function durable: the one that it reaches by the shortest way. A workflow may
// reach none.
func (c *checker) durability(n *node) effect {
	seen := map[*node]bool{n: true}
	for queue := []*node{n}; len(queue) > 0; queue = queue[1:] {
		if e, ok := queue[0].operation(); ok {
			return e
		}
		for _, to := range queue[0].callees() {
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return effect{rule: varInit}
}

// accuse reports one finding, unless the author has accepted it.
func (c *checker) accuse(r *reach, n *node, f finding) {
	if c.accepted(f) {
		return
	}
	d := diag.Diagnostic{Pos: c.position(f.pos), Rule: f.rule, Message: f.message, Chain: c.chain(r, n), Fix: f.fix}
	if f.remark {
		c.remarks = c.add(c.remarks, d)
	} else {
		c.found = c.add(c.found, d)
	}
}

// add enters a diagnostic once: of several workflows that lead to it, one that the user asked for tells, and of those
// the one with the shortest chain, or the first such one.
func (c *checker) add(ds []diag.Diagnostic, d diag.Diagnostic) []diag.Diagnostic {
	for i, old := range ds {
		if old.Pos == d.Pos && old.Rule == d.Rule && old.Message == d.Message {
			now, before := c.asked(d), c.asked(old)
			if now && !before || now == before && diag.CompareChains(d.Chain, old.Chain) < 0 {
				ds[i] = d
			}
			return ds
		}
	}
	return append(ds, d)
}

// asked reports whether a diagnostic's chain starts in a package that the user asked for.
func (c *checker) asked(d diag.Diagnostic) bool {
	start := d.Pos
	if len(d.Chain) > 0 {
		start = d.Chain[0].Pos
	}
	return slices.ContainsFunc(c.prog.Packages, func(p *gosrc.Package) bool {
		return p.Root && p.Dir == filepath.Dir(start.Filename)
	})
}

// chain is the shortest way from the workflow to a node.
func (c *checker) chain(r *reach, n *node) (calls []diag.Call) {
	for n != r.root {
		s := r.parent[n]
		calls = append(calls, diag.Call{Pos: c.position(s.edge.pos), Text: link(s, r.root.pkg.Types)})
		n = s.from
	}
	slices.Reverse(calls)
	return calls
}

func link(s step, pkg *types.Package) string {
	if s.from.v != nil {
		return fmt.Sprintf("%s is initialised with %s", s.from.name(pkg), s.edge.to.name(pkg))
	}
	return fmt.Sprintf("%s %s %s", s.from.name(pkg), s.edge.verb, s.edge.to.name(pkg))
}

func (c *checker) position(pos token.Pos) token.Position { return c.prog.Fset.Position(pos) }
