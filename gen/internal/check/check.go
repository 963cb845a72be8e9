// Package check proves that workflow code gives the same on every replay, or says where it may not.
//
// It starts at each workflow and follows calls, mentions and reads through the author's module. What a function does by
// itself is found by one look at its body (scan.go); what it reaches follows from a graph, as the least fixpoint over
// it, so the order in which functions are looked at, and recursion, change nothing. A function that reaches something
// durable (an activity, a timer, a log line, a map range) is lowered: gen/internal/lower makes a copy of it that takes the run.
// All others are pure, and are called as they are. What is not known to be deterministic is rejected.
package check

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/alias"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/writes"
)

// Result is what the check found.
type Result struct {
	// Diagnostics are the findings, sorted. With any of them, the code must not be generated.
	Diagnostics []diag.Diagnostic
	// Remarks are worth knowing and stop nothing, sorted.
	Remarks []diag.Diagnostic
	// Accepted are the places where the author takes over from the checker, sorted.
	Accepted []Acceptance
	// Lowered are the functions and methods of the module that need a copy which takes the run: every workflow, and
	// what lies between one and a durable operation. Activities and steps are not among them: their twins are stubs.
	Lowered map[*types.Func]bool
	// Dispatched are the calls and mentions of interface methods, by the name of the method, behind which something may
	// need the run.
	Dispatched map[*ast.Ident]bool
	// Twins are methods beside the lowered ones that dispatching relies on, by the type that gets them and their name.
	Twins []Twin
	// Behind are, for each of the author's functions that a workflow reaches, those that it may cause to be called: by
	// name, behind an interface, through a package variable or by code of another module. Sorted by full name.
	Behind map[*types.Func][]*types.Func
	// Reached are, for each workflow, the lowered functions that it reaches, itself first, then by full name.
	Reached map[*types.Func][]*types.Func
}

// Run checks every workflow of the program's packages.
func Run(prog *gosrc.Program) *Result {
	c := newChecker(prog)
	c.explore()
	if c.doubtful() {
		c.precise = true
		c.explore()
	}
	for _, r := range c.reached {
		c.addresses(r)
		c.judge(r)
	}
	c.fixUp()
	c.checkErrorBranches()
	c.checkNames()
	c.checkDirectives()
	return c.result()
}

// explore finds what every workflow reaches, and what of it needs the run.
func (c *checker) explore() {
	c.reached, c.lowered = nil, map[*node]bool{}
	for _, w := range c.workflows() {
		c.reached = append(c.reached, c.reach(c.function(w.Obj)))
	}
	c.meetings()
	c.colour()
}

// doubtful reports whether a call that depends on a dynamic type may end at something that is not harmless, so that it
// is worth finding out whether it does.
func (c *checker) doubtful() bool {
	for _, r := range c.reached {
		if len(r.dead) > 0 {
			return true
		}
		for _, es := range r.dynamic {
			for _, e := range es {
				if e.via != nil && (c.lowered[e.to] || c.harmful(e.to, map[*node]bool{})) {
					return true
				}
			}
		}
	}
	return false
}

// harmful reports whether a finding is on the way from a node.
func (c *checker) harmful(n *node, seen map[*node]bool) bool {
	if seen[n] {
		return false
	}
	seen[n] = true
	return len(n.findings) > 0 || slices.ContainsFunc(n.edges, func(e edge) bool { return c.harmful(e.to, seen) })
}

// checker is the state of one Run.
type checker struct {
	prog    *gosrc.Program
	index   *decls.Index
	writes  *writes.Writes
	aliases *alias.Analysis
	precise bool            // dynamic calls end only at types that their receivers may have
	program *flow.Program   // nil until ssa is called
	unknown map[string]bool // packages of other modules that were mentioned, and are not known from their source

	answers map[question]map[types.Type][]*types.Func // that types have given so far
	nodes   map[types.Object]*node
	reached []*reach
	lowered map[*node]bool
	twins   map[twinKey]Twin
	allows  []*allowance
	found   []diag.Diagnostic
	remarks []diag.Diagnostic
}

func newChecker(prog *gosrc.Program) *checker {
	x := decls.New(prog)
	c := &checker{
		prog:    prog,
		index:   x,
		writes:  writes.Find(x),
		unknown: map[string]bool{},
		answers: map[question]map[types.Type][]*types.Func{},
		nodes:   map[types.Object]*node{},
		lowered: map[*node]bool{},
		twins:   map[twinKey]Twin{},
	}
	for _, p := range x.Packages {
		for _, f := range p.Files {
			c.collectAllows(p, f)
		}
	}
	c.findAliases()
	return c
}

// ssa returns the program in SSA form, which is built on the first call.
func (c *checker) ssa() *flow.Program {
	if c.program == nil {
		c.program = flow.New(c.prog.Fset, c.prog.Packages, c.index.Packages)
	}
	return c.program
}

// workflows are the annotated workflows of the program, in its order.
func (c *checker) workflows() (ws []*gosrc.Func) {
	for _, p := range c.prog.Packages {
		for _, f := range p.Annotated {
			if decls.IsWorkflow(f) && f.Decl != nil {
				ws = append(ws, f)
			}
		}
	}
	return ws
}

func (c *checker) result() *Result {
	res := &Result{
		Diagnostics: diag.Sort(c.found),
		Remarks:     diag.Sort(c.remarks),
		Accepted:    c.acceptances(),
		Lowered:     map[*types.Func]bool{},
		Dispatched:  c.dispatched(),
		Twins:       c.sortedTwins(),
		Behind:      c.behind(),
		Reached:     map[*types.Func][]*types.Func{},
	}
	for n := range c.lowered {
		if n.fn != nil {
			res.Lowered[n.fn] = true
		}
	}
	for _, r := range c.reached {
		res.Reached[r.root.fn] = r.loweredFuncs(c.lowered)
	}
	return res
}

// Workflows are the workflows that were checked, by full name.
func (r *Result) Workflows() []*types.Func {
	return slices.SortedFunc(maps.Keys(r.Reached), byFullName)
}

func byFullName(a, b *types.Func) int { return cmp.Compare(a.FullName(), b.FullName()) }

// loweredFuncs are the lowered functions of a workflow's reach: the workflow first, then by full name.
func (r *reach) loweredFuncs(lowered map[*node]bool) []*types.Func {
	var fns []*types.Func
	for _, n := range r.nodes {
		if n.fn != nil && n != r.root && lowered[n] {
			fns = append(fns, n.fn)
		}
	}
	slices.SortFunc(fns, byFullName)
	return append([]*types.Func{r.root.fn}, fns...)
}
