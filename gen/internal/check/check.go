// Package check proves that workflow code does the same on every replay, or reports where it may not.
//
// It starts at the workflows and follows calls, mentions and reads through the author's packages, and through those of
// other modules that are known from their source. A visitor looks at each function and each initializer once, and shows
// its nodes to the rules (see rules.go). What a workflow reaches from there, and which functions need a copy that takes
// the run, is found by package callgraph. Further rules look at that. Code that is not known to be deterministic is
// rejected.
package check

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Result is what the check found.
type Result struct {
	// Diagnostics are the findings, sorted. With any of them, the code must not be generated.
	Diagnostics []diag.Diagnostic
	// Remarks are worth knowing and stop nothing, sorted.
	Remarks []diag.Diagnostic
	// Accepted are the places where the author takes over from the checker, sorted.
	Accepted []Acceptance
	// Lowered are the functions and methods of the author's packages that need a copy which takes the run: every
	// workflow, and what lies between one and a durable operation. Activities and steps are not among them: package emit
	// writes stubs for them.
	Lowered map[*types.Func]bool
	// Dispatched are the calls and mentions of interface methods, by the name of the method, that may end at something
	// that needs the run.
	Dispatched map[*ast.Ident]bool
	// Forwarders are methods that dispatching relies on in addition to the lowered ones, sorted.
	Forwarders []Forwarder
	// MayCall are, for each of the author's functions that a workflow reaches, the functions that it may call: by
	// name, through an interface, through a package variable or by code of another module. Sorted by full name.
	MayCall map[*types.Func][]*types.Func
	// Reached are, for each workflow, the lowered functions that it reaches, itself first, then by full name.
	Reached map[*types.Func][]*types.Func
}

// Forwarder is a method M__pawl of a type whose M is not lowered.
type Forwarder = callgraph.Forwarder

// Rules describes the rules, by number.
func Rules() []diag.Rule {
	all := slices.Clone(stdlib.Rules)
	for _, r := range rules {
		all = append(all, r.docs...)
	}
	slices.SortFunc(all, func(a, b diag.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Run checks every workflow of the program's packages.
func Run(prog *gosrc.Program) *Result {
	p := newPass(prog)
	p.explore()
	if p.graph.NeedsPrecision(p.reached) {
		p.graph.Precise = true
		p.explore()
	}
	for _, r := range p.reached {
		for _, rule := range rules {
			if rule.reached != nil {
				rule.reached(p, r)
			}
		}
	}
	for _, rule := range rules {
		if rule.program != nil {
			rule.program(p)
		}
	}
	return p.result()
}

// Unknown returns the packages of other modules that workflows mention and that have to be known from their source,
// sorted. When they are loaded, there may be more.
func Unknown(prog *gosrc.Program) []string {
	p := newPass(prog)
	p.explore()
	checkPure(p) // functions marked pure may not need to be
	return slices.Sorted(maps.Keys(p.unknown))
}

func newPass(prog *gosrc.Program) *pass {
	program := newProgram(prog)
	p := &pass{program: program, allowances: findAllowances(program.index), known: map[string]bool{}}
	for _, r := range Rules() {
		p.known[r.ID] = true
	}
	p.graph = callgraph.New(callgraph.Config{
		Index: p.index, SSA: p.ssa,
		Scan: func(n *callgraph.Node, pkg *gosrc.Package, file *gosrc.File, syntax ast.Node) {
			scan(p.program, n, pkg, file, syntax)
		},
		End: func(from *callgraph.Node, s callgraph.Site, t types.Type, method *types.Func) *callgraph.Finding {
			return dispatchEnd(p.program, from, s, t, method)
		},
	})
	return p
}

// scan shows all nodes of a piece of syntax to the rules, parents first.
func scan(p *program, n *callgraph.Node, pkg *gosrc.Package, file *gosrc.File, syntax ast.Node) {
	v := newVisitor(p, n, pkg, file)
	ast.PreorderStack(syntax, nil, func(x ast.Node, stack []ast.Node) bool {
		v.stack = append(stack, x)
		for _, r := range rules {
			if r.visit != nil {
				r.visit(v, x)
			}
		}
		return true
	})
}

// explore finds what every workflow reaches, and what of it needs the run.
func (p *pass) explore() {
	p.reached = nil
	for _, w := range p.workflows() {
		p.reached = append(p.reached, p.graph.Reach(p.graph.Function(w.Obj)))
	}
	p.graph.MarkLowered(p.reached)
}

func (p *pass) result() *Result {
	res := &Result{
		Diagnostics: diag.Sort(p.found),
		Remarks:     diag.Sort(p.remarks),
		Accepted:    acceptances(p),
		Lowered:     map[*types.Func]bool{},
		Dispatched:  p.graph.Dispatched(),
		Forwarders:  p.forwarders,
		MayCall:     p.graph.NextFuncs(p.reached),
		Reached:     map[*types.Func][]*types.Func{},
	}
	for n := range p.graph.Lowered {
		if n.Func != nil {
			res.Lowered[n.Func] = true
		}
	}
	for _, r := range p.reached {
		res.Reached[r.Root.Func] = r.LoweredFuncs(p.graph)
	}
	return res
}

// Workflows are the workflows that were checked, by full name.
func (r *Result) Workflows() []*types.Func {
	return slices.SortedFunc(maps.Keys(r.Reached), callgraph.ByFullName)
}
