package check

import (
	"cmp"
	"fmt"
	"go/token"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file lists what the author has taken upon himself.

// Acceptance is one //pawl:allow or //pawl:pure.
type Acceptance struct {
	Pos     token.Position    // of the directive; of a pure function's name
	Rule    string            // that is accepted; empty for //pawl:pure, which accepts all
	Func    string            // the function marked //pawl:pure
	Reason  string            // the author's
	Accepts []diag.Diagnostic // what would be found without it, sorted; empty if no workflow gets there
}

// acceptances are all of them, by place.
func (c *checker) acceptances() (all []Acceptance) {
	for _, a := range c.allows {
		all = append(all, Acceptance{Pos: c.position(a.Pos), Rule: a.Rule, Reason: a.Reason, Accepts: diag.Sort(a.accepts)})
	}
	for fn, d := range c.index.Funcs {
		if d.Pure {
			all = append(all, Acceptance{
				Pos: c.position(d.Decl.Name.Pos()), Func: gotypes.LocalName(fn), Reason: d.Pkg.Pure[fn], Accepts: c.vouchedFor(&node{fn: fn, pkg: d.Pkg}, d),
			})
		}
	}
	slices.SortFunc(all, func(a, b Acceptance) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	return all
}

// vouchedFor is what would be found in a function that is marked //pawl:pure, if a workflow gets there.
func (c *checker) vouchedFor(n *node, d decls.Func) (found []diag.Diagnostic) {
	if c.nodes[n.fn] == nil {
		return nil
	}
	if d.Decl.Body == nil {
		return []diag.Diagnostic{{Pos: c.position(d.Decl.Name.Pos()), Rule: noSource, Message: gotypes.LocalName(n.fn) + " has no body in Go"}}
	}
	at := map[token.Position]diag.Diagnostic{}
	c.scan(n, d.Pkg, d.File, d.Decl)
	r := c.reach(n)
	for _, n := range r.nodes {
		if !c.index.IsExternal(n.pkg) {
			c.noteNode(at, r, n)
		}
	}
	for _, e := range r.dead {
		if !c.index.IsExternal(e.from.pkg) {
			c.note(at, e.finding)
		}
	}
	return diag.Sort(slices.Collect(maps.Values(at)))
}

// noteNode enters what a node of the author's does.
func (c *checker) noteNode(at map[token.Position]diag.Diagnostic, r *reach, n *node) {
	for _, f := range n.findings {
		c.note(at, f)
	}
	for _, e := range n.effects {
		c.note(at, finding{pos: e.pos, message: fmt.Sprintf("%s reaches %s, and is called without the run", n.subject(), e.what)})
	}
	for _, e := range slices.Concat(n.edges, r.dynamic[n]) {
		if !c.index.IsExternal(e.to.pkg) {
			continue
		}
		if why, _ := c.search(r, e.to); why != nil {
			c.note(at, dependencyFinding(n, e, why))
		}
	}
}

// note enters a finding, one for each place.
func (c *checker) note(at map[token.Position]diag.Diagnostic, f finding) {
	pos := c.position(f.pos)
	if _, ok := at[pos]; !ok {
		at[pos] = diag.Diagnostic{Pos: pos, Rule: f.rule, Message: f.message}
	}
}
