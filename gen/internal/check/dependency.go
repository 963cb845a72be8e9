// Rule: code of other modules must not need the run.
//
// It is followed like the author's code, with two differences. It cannot be lowered, so what would be durable in the
// author's code is a fault. And faults are reported where the author's code leads into it.

package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

var dependencyRule = rule{reached: func(p *pass, r *callgraph.Reach) {
	for _, n := range r.Nodes {
		if p.graph.External(n) {
			continue
		}
		for _, e := range r.EdgesOf(n) {
			if fault, way := externalFault(p, r, e.To); fault != nil {
				reportDependency(p, r, n, e, fault, way)
			}
		}
	}
}}

// fault is why code of another module cannot run in a workflow.
type fault struct {
	pos  token.Pos
	what string // "disk.load calls os.Getenv, which differs between processes"
}

// externalFault finds the nearest fault in code of other modules, and the way to it from the node where the author's code
// leads into it. It returns nil if there is none, or if the node is the author's.
func externalFault(p *pass, r *callgraph.Reach, from *callgraph.Node) (*fault, []callgraph.Step) {
	if !p.graph.External(from) {
		return nil, nil
	}
	var found *fault
	way, _ := r.Search(from, p.graph.External, func(n *callgraph.Node) bool {
		found = faultIn(p, r, n)
		return found != nil
	})
	return found, way
}

// faultIn is why the body of a node by itself cannot run in a workflow, or nil.
func faultIn(p *pass, r *callgraph.Reach, n *callgraph.Node) *fault {
	switch {
	case isAnnotated(p, n):
		return newFault(n, n.Object().Pos(), n.Subject()+" is annotated, but Pawl only compiles the annotations of one module")
	case len(n.Effects) > 0:
		return newFault(n, n.Effects[0].Pos, fmt.Sprintf("%s reaches %s, and code of another module has no access to the run", n.Subject(), n.Effects[0].What))
	case mayHoldState(n):
		return newFault(n, n.Var.Pos(), n.Subject()+" may hold a function with variables of its own, which all runs share")
	}
	for _, f := range n.Findings {
		if !f.IfLowered && f.Rule != contextValue {
			return newFault(n, f.Pos, f.Message)
		}
	}
	for _, e := range r.Dynamic[n] {
		if p.graph.Lowered[e.To] {
			return newFault(n, e.Pos, dynamicFinding(n, e).Message)
		}
	}
	for _, e := range r.Ends {
		if e.From == n {
			return newFault(n, e.Pos, e.Message)
		}
	}
	return nil
}

// newFault is a fault with a message about the body of a node, changed for a reader in another package.
func newFault(n *callgraph.Node, pos token.Pos, message string) *fault {
	subject := gotypes.NameIn(nil, n.Object())
	if n.Var != nil {
		subject = "the initialization of " + subject
	}
	return &fault{pos, subject + strings.TrimPrefix(message, n.Subject())}
}

// isAnnotated reports whether a function of another module has a directive of Pawl.
func isAnnotated(p *pass, n *callgraph.Node) bool {
	d := p.index.Funcs[n.Func].Decl
	return d != nil && d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(comment *ast.Comment) bool { return annotations.Is(comment.Text) })
}

// reportDependency reports a way from one of the author's nodes into code of other modules that ends at a fault. The
// chain goes on to the line of the fault.
func reportDependency(p *pass, r *callgraph.Reach, n *callgraph.Node, e callgraph.Edge, why *fault, way []callgraph.Step) {
	f := dependencyFinding(n, e, why)
	if p.accepted(f) {
		return
	}
	does, _, _ := strings.Cut(why.what, ", ")
	chain := slices.Concat(p.chain(r.Way(n), r), p.chain(way, r), []diag.Call{{Pos: p.position(why.pos), Text: does}})
	p.found = p.add(p.found, diag.Diagnostic{Pos: p.position(f.Pos), Rule: f.Rule, Message: f.Message, Chain: chain, Fix: f.Fix})
}

func dependencyFinding(n *callgraph.Node, e callgraph.Edge, why *fault) callgraph.Finding {
	f := callgraph.Finding{
		Pos: e.Pos, Rule: stdlib.UnknownModule, Fix: stdlib.VouchFor,
		Message: fmt.Sprintf("%s %s %s, which is third-party code: %s", n.Subject(), e.Verb, e.To.Name(n.Pkg.Types), why.what),
	}
	if n.Var != nil {
		f.Decl = n.Var.Pos()
	}
	return f
}
