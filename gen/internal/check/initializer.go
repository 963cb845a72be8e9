// Rule: what initializes a package variable has no run, so it must not need one.

package check

import (
	"cmp"
	"fmt"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const (
	varInit    = "PWL223"
	varDurable = "PWL224"
)

var initializerRule = rule{
	docs: []diag.Rule{
		{ID: varInit, Title: "package variable that differs between processes", Doc: `
The variable gets its value from the clock, from a random source or from the environment when the process starts, so it
differs between workers. Initialize it with constants, or pass the value as an input of the workflow. A time in text is the
same everywhere with time.ParseInLocation(layout, value, time.UTC).`},
		{ID: varDurable, Title: "durable function in a package variable", Doc: `
A function that calls activities, sleeps or logs is run through a copy that belongs to the run. A package variable holds
the original, which would do its work again on every replay. Make the value in a function that the workflow calls.`},
	},
	reached: func(p *pass, r *callgraph.Reach) {
		for _, n := range r.Nodes {
			if n.Var != nil && !p.graph.External(n) {
				checkInitializer(p, r, n)
			}
		}
	},
}

// checkInitializer reports a variable that each process initializes differently, or that holds a durable function.
func checkInitializer(p *pass, r *callgraph.Reach, n *callgraph.Node) {
	for _, e := range n.Effects {
		p.report(r, n, initializerFinding(n, e))
	}
	for _, e := range n.Edges {
		if e.To.Func != nil && p.graph.Lowered[e.To] {
			p.report(r, n, initializerFinding(n, callgraph.Effect{
				Pos: e.Pos, Rule: e.To.Durability().Rule, What: e.To.Name(n.Pkg.Types) + ", which " + because(e.To), Value: e.Value || !e.To.RunsOperation(),
			}))
		}
	}
	if mayHoldState(n) {
		p.report(r, n, callgraph.Finding{
			Pos: n.Var.Pos(), Rule: varWrite, Decl: n.Var.Pos(), Fix: makeInWorkflow,
			Message: fmt.Sprintf("package variable %s may hold a function with variables of its own, which all runs share", n.Name(n.Pkg.Types)),
		})
	}
}

const makeInWorkflow = "make the function value in a function that the workflow calls"

func initializerFinding(n *callgraph.Node, e callgraph.Effect) callgraph.Finding {
	name := n.Name(n.Pkg.Types)
	if e.Value {
		return callgraph.Finding{
			Pos: e.Pos, Rule: varDurable, Decl: n.Var.Pos(), Fix: makeInWorkflow,
			Message: fmt.Sprintf("package variable %s holds a function that has no run, but uses %s", name, e.What),
		}
	}
	rule := cmp.Or(e.Rule, varInit)
	return callgraph.Finding{
		Pos: e.Pos, Rule: rule, Decl: n.Var.Pos(), Fix: cmp.Or(makeInRun[rule], "initialize it with constants, or "+stdlib.UseInput),
		Message: fmt.Sprintf("package variable %s is initialized by %s, so its value may differ between processes", name, e.What),
	}
}

// mayHoldState reports whether a variable may hold a function literal that changes a variable around it.
func mayHoldState(n *callgraph.Node) bool {
	return n.Var != nil && holdsFunc(n.Var.Type(), map[types.Type]bool{}) && makesClosure(n, map[*callgraph.Node]bool{})
}

// holdsFunc reports whether a value of a type may hold a function, directly or in an interface.
func holdsFunc(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	case *types.Chan:
		return false
	case interface{ Elem() types.Type }: // pointers, slices, arrays and maps
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

// makesClosure reports whether a function literal that changes a variable around it is made on a way from a node.
func makesClosure(n *callgraph.Node, seen map[*callgraph.Node]bool) bool {
	if seen[n] {
		return false
	}
	seen[n] = true
	for _, e := range n.Edges {
		if e.To.Func != nil && makesClosure(e.To, seen) {
			return true
		}
	}
	return n.Captures
}
