// Rule: //pawl:allow and //pawl:pure must accept something.

package check

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

const (
	unusedAllow = "PWL251"
	unusedPure  = "PWL252"
)

var directiveRule = rule{
	docs: []diag.Rule{
		{ID: unusedAllow, Title: "pawl:allow that accepts nothing", Doc: `
The statement or declaration below the directive does not break the rule that it names. Remove the directive, so that it
cannot hide a later mistake.`},
		{ID: unusedPure, Title: "pawl:pure that changes nothing", Doc: `
As far as Pawl can see, the function is deterministic with or without the directive. Remove it, so that the body is checked
again when it changes.`},
	},
	program: func(p *pass) {
		checkAllows(p)
		checkPure(p)
	},
}

// checkAllows reports directives that accept nothing. Those in code that no workflow reaches are left alone: a workflow of
// another program may reach it.
func checkAllows(p *pass) {
	for _, a := range p.allowances {
		switch {
		case !p.known[a.Rule]:
			reportAllow(p, a, fmt.Sprintf("pawl:allow names %s, which is not a rule that can be accepted", a.Rule), "name the rule at the end of the diagnostic's first line")
		case len(a.accepts) == 0 && wasVisited(p, a):
			reportAllow(p, a, fmt.Sprintf("pawl:allow %s accepts nothing", a.Rule), "remove it")
		}
	}
}

func reportAllow(p *pass, a *allowance, message, fix string) {
	p.found = append(p.found, diag.Diagnostic{Pos: p.position(a.Pos), Rule: unusedAllow, Message: message, Fix: fix})
}

// wasVisited reports whether the code that an allowance is for was visited.
func wasVisited(p *pass, a *allowance) (visited bool) {
	p.graph.Nodes(func(n *callgraph.Node) {
		if d, ok := p.index.Funcs[n.Func]; ok && !d.Pure && d.Decl.Pos() <= a.from && a.from < d.Decl.End() {
			visited = true
		}
		if n.Var != nil && a.from <= n.Var.Pos() && n.Var.Pos() < a.to {
			visited = true
		}
	})
	return visited || a.from == token.NoPos
}

// checkPure reports functions marked //pawl:pure that are deterministic without it.
func checkPure(p *pass) {
	for fn, d := range p.index.Funcs {
		if p.graph.Existing(fn) != nil && d.Pure && d.Decl.Body != nil && isPure(p, fn) {
			p.found = append(p.found, diag.Diagnostic{
				Pos: p.position(d.Decl.Name.Pos()), Rule: unusedPure, Fix: "remove the directive, so that the body is checked again when it changes",
				Message: gotypes.LocalName(fn) + " is deterministic without pawl:pure",
			})
		}
	}
}

// isPure looks at the body of a function as if it were not marked.
func isPure(p *pass, fn *types.Func) bool {
	r := p.graph.Reach(p.graph.Unmarked(fn))
	for _, n := range r.Nodes {
		if len(n.Findings) > 0 || len(n.Effects) > 0 || p.graph.Lowered[n] {
			return false
		}
	}
	return len(r.Ends) == 0
}

// Acceptance is one //pawl:allow or //pawl:pure.
type Acceptance struct {
	Pos     token.Position    // of the directive, or of the name of a pure function
	Rule    string            // that is accepted; empty for //pawl:pure, which accepts all
	Func    string            // the function marked //pawl:pure
	Reason  string            // the author's
	Accepts []diag.Diagnostic // what would be found without it, sorted; empty if no workflow gets there
}

// acceptances are all of them, by place.
func acceptances(p *pass) (all []Acceptance) {
	for _, a := range p.allowances {
		all = append(all, Acceptance{Pos: p.position(a.Pos), Rule: a.Rule, Reason: a.Reason, Accepts: diag.Sort(a.accepts)})
	}
	for fn, d := range p.index.Funcs {
		if d.Pure {
			all = append(all, Acceptance{
				Pos: p.position(d.Decl.Name.Pos()), Func: gotypes.LocalName(fn), Reason: d.Pkg.Pure[fn], Accepts: acceptedBy(p, fn),
			})
		}
	}
	slices.SortFunc(all, func(a, b Acceptance) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	return all
}

// acceptedBy is what would be found in a function marked //pawl:pure, if a workflow gets there: one diagnostic for each
// place.
func acceptedBy(p *pass, fn *types.Func) []diag.Diagnostic {
	if p.graph.Existing(fn) == nil {
		return nil
	}
	if d := p.index.Funcs[fn].Decl; d.Body == nil {
		return []diag.Diagnostic{{Pos: p.position(d.Name.Pos()), Rule: noSource, Message: gotypes.LocalName(fn) + " has no body in Go"}}
	}
	at := map[token.Position]diag.Diagnostic{}
	note := func(f callgraph.Finding) {
		pos := p.position(f.Pos)
		if _, ok := at[pos]; !ok {
			at[pos] = diag.Diagnostic{Pos: pos, Rule: f.Rule, Message: f.Message}
		}
	}
	r := p.graph.Reach(p.graph.Unmarked(fn))
	for _, n := range r.Nodes {
		if !p.graph.External(n) {
			noteNode(p, r, n, note)
		}
	}
	for _, e := range r.Ends {
		if !p.graph.External(e.From) {
			note(e.Finding)
		}
	}
	return diag.Sort(slices.Collect(maps.Values(at)))
}

// noteNode notes what one of the author's nodes does.
func noteNode(p *pass, r *callgraph.Reach, n *callgraph.Node, note func(callgraph.Finding)) {
	for _, f := range n.Findings {
		note(f)
	}
	for _, e := range n.Effects {
		note(callgraph.Finding{Pos: e.Pos, Message: fmt.Sprintf("%s reaches %s, and is called without the run", n.Subject(), e.What)})
	}
	for _, e := range r.EdgesOf(n) {
		if why, _ := externalFault(p, r, e.To); why != nil {
			note(dependencyFinding(n, e, why))
		}
	}
}
