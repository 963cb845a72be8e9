// Reporting: findings become diagnostics, each with the chain of calls that leads there.

package check

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// pass is one run of the check, when the graph is complete.
type pass struct {
	*program
	reached    []*callgraph.Reach // by workflow, in the order of the program
	allowances []*allowance
	known      map[string]bool // the rules
	forwarders []callgraph.Forwarder
	found      []diag.Diagnostic
	remarks    []diag.Diagnostic
}

// report reports a finding in a node that a workflow reaches, unless the author has accepted it.
func (p *pass) report(r *callgraph.Reach, n *callgraph.Node, f callgraph.Finding) {
	if p.accepted(f) || onlyForLogger(r, n) {
		return
	}
	d := diag.Diagnostic{Pos: p.position(f.Pos), Rule: f.Rule, Message: f.Message, Chain: p.chain(wayTo(r, n, f), r), Fix: f.Fix}
	if f.Remark {
		p.remarks = p.add(p.remarks, d)
	} else {
		p.found = p.add(p.found, d)
	}
}

// remark adds a remark about code that need not be in the reach of a workflow, unless the author has accepted it.
func (p *pass) remark(f callgraph.Finding) {
	if !p.accepted(f) {
		p.remarks = p.add(p.remarks, diag.Diagnostic{Pos: p.position(f.Pos), Rule: f.Rule, Message: f.Message, Fix: f.Fix})
	}
}

// wayTo returns the way to a finding in a node: the shortest one that ends with the steps at fault.
func wayTo(r *callgraph.Reach, n *callgraph.Node, f callgraph.Finding) []callgraph.Step {
	if len(f.Last) == 0 || !r.Has(f.Last[0].From) {
		return r.Way(n)
	}
	return append(r.Way(f.Last[0].From), f.Last...)
}

// add adds a diagnostic once. If several workflows lead to it, one that the user asked for wins, and of those the one with
// the shortest chain, or the first such one.
func (p *pass) add(ds []diag.Diagnostic, d diag.Diagnostic) []diag.Diagnostic {
	for i, old := range ds {
		if old.Pos == d.Pos && old.Rule == d.Rule && old.Message == d.Message {
			now, before := p.wanted(d), p.wanted(old)
			if now && !before || now == before && diag.CompareChains(d.Chain, old.Chain) < 0 {
				ds[i] = d
			}
			return ds
		}
	}
	return append(ds, d)
}

// wanted reports whether a diagnostic's chain starts in a package that the user asked for.
func (p *pass) wanted(d diag.Diagnostic) bool {
	start := d.Pos
	if len(d.Chain) > 0 {
		start = d.Chain[0].Pos
	}
	return slices.ContainsFunc(p.index.Prog.Packages, func(pkg *gosrc.Package) bool {
		return pkg.Wanted && pkg.Dir == filepath.Dir(start.Filename)
	})
}

// chain describes a way for the reader of a workflow.
func (p *pass) chain(way []callgraph.Step, r *callgraph.Reach) (calls []diag.Call) {
	for _, s := range way {
		calls = append(calls, diag.Call{Pos: p.position(s.Edge.Pos), Text: link(s, r.Root.Pkg.Types)})
	}
	return calls
}

func link(s callgraph.Step, pkg *types.Package) string {
	if s.From.Var != nil {
		return fmt.Sprintf("%s is initialized with %s", s.From.Name(pkg), s.Edge.To.Name(pkg))
	}
	return fmt.Sprintf("%s %s %s", s.From.Name(pkg), s.Edge.Verb, s.Edge.To.Name(pkg))
}

func (p *pass) position(pos token.Pos) token.Position { return p.index.Prog.Fset.Position(pos) }

// accepted reports whether the author has accepted a finding, where it is or where what it is about is declared.
func (p *pass) accepted(f callgraph.Finding) bool {
	ok := false
	for _, a := range p.allowances {
		if a.Rule == f.Rule && (a.covers(f.Pos) || a.covers(f.Decl)) {
			a.accepts = p.add(a.accepts, diag.Diagnostic{Pos: p.position(f.Pos), Rule: f.Rule, Message: f.Message})
			ok = true
		}
	}
	return ok
}

// because says why a function is durable.
func because(n *callgraph.Node) string {
	if e := n.Durability(); e.What != "" {
		return "reaches " + e.What
	}
	return "is a workflow"
}
