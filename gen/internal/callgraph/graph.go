// Package callgraph finds the functions and package variables that workflows reach, and which of them need the run.
//
// The nodes are functions and package variables. An edge leads from one to another that it calls, mentions or reads. What
// the body of a node does is found by a function that the graph is given, when the node is first asked for.
//
// Calls through interfaces are resolved for each workflow by itself. Every value of a workflow was made in code that it
// reaches, was returned by an activity, or comes from the standard library. So a call can only end at methods of types
// that occur there. Resolving a call may bring further types into reach, so both grow to a fixpoint. Its result depends
// neither on the order in which nodes are looked at nor on recursion.
//
// A function that reaches something durable (an activity, a timer, a log line, a range over a map) is lowered: workflows
// call a copy of it that takes the run. See [Graph.MarkLowered].
package callgraph

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Config says what a graph is made of.
type Config struct {
	Index *decls.Index
	// Scan adds to a node what a piece of syntax of the program does: the body of a function or the initializer of a
	// variable.
	Scan func(n *Node, pkg *gosrc.Package, file *gosrc.File, syntax ast.Node)
	// End returns what is wrong if the call of a site ends at a method that is not a function of the index, or nil.
	End func(from *Node, s Site, t types.Type, method *types.Func) *Finding
	// SSA returns the program in SSA form. It is called if the graph is made precise.
	SSA func() *flow.Program
}

// Graph is the call graph of a program. It is not safe for concurrent use.
type Graph struct {
	Config
	// Lowered are the nodes that need the run. MarkLowered finds them.
	Lowered map[*Node]bool
	// Precise makes calls through interfaces end only at types that their receivers may have. Otherwise they end at all
	// types in reach that implement the interface.
	Precise bool

	nodes    map[types.Object]*Node
	matching map[question]map[types.Type][]*types.Func
}

// New returns a graph without nodes.
func New(c Config) *Graph {
	return &Graph{
		Config: c, Lowered: map[*Node]bool{},
		nodes: map[types.Object]*Node{}, matching: map[question]map[types.Type][]*types.Func{},
	}
}

// Node is a function, or a package variable with what gives it its first value.
type Node struct {
	Func *types.Func // nil for a variable
	Var  *types.Var  // nil for a function
	Pkg  *gosrc.Package

	Edges    []Edge
	Sites    []Site       // calls whose target depends on a dynamic type
	Types    []types.Type // that have methods, and that values in the body are of
	Effects  []Effect
	Findings []Finding
	Recovers bool // calls recover in its own body, and not in a function literal's
	Captures bool // has a function literal that changes a variable around it

	occurrences []occurrence // where the calls of Sites may end, over all workflows
}

// Edge is one way from a node to another.
type Edge struct {
	Pos   token.Pos
	To    *Node
	Verb  string     // "calls", "uses", "reads"
	Value bool       // not a call now: a function value, or a call in a function literal
	Via   *ast.Ident // for a call that lowered code dispatches, the name of the interface's method; else nil
}

// Effect is a durable operation in a node's own body.
type Effect struct {
	Pos   token.Pos
	Rule  string // that it breaks where there is no run
	What  string
	Value bool // not executed now; see Edge
}

// Finding is a rule broken in a node's own body.
type Finding struct {
	Pos       token.Pos
	Rule      string
	Message   string
	Fix       string
	Decl      token.Pos // a second place where //pawl:allow may accept it; or NoPos
	IfLowered bool      // counts only if the node is lowered
	Remark    bool      // stops nothing
	Last      []Step    // the last steps of the way to the node that are at fault; empty if any way is
}

// Function returns the node of a function of the index.
func (g *Graph) Function(fn *types.Func) *Node {
	fn = fn.Origin()
	if n, ok := g.nodes[fn]; ok {
		return n
	}
	d := g.Index.Funcs[fn]
	n := &Node{Func: fn, Pkg: d.Pkg}
	g.nodes[fn] = n
	if !d.Pure {
		g.Scan(n, d.Pkg, d.File, d.Decl)
	}
	return n
}

// Unmarked returns a node for a function marked //pawl:pure as if it were not marked. The node is not part of the graph.
func (g *Graph) Unmarked(fn *types.Func) *Node {
	d := g.Index.Funcs[fn]
	n := &Node{Func: fn, Pkg: d.Pkg}
	g.Scan(n, d.Pkg, d.File, d.Decl)
	return n
}

// Variable returns the node of a package variable of the index: its initializer, and the init functions that write it.
func (g *Graph) Variable(v *types.Var) *Node {
	if n, ok := g.nodes[v]; ok {
		return n
	}
	d := g.Index.Vars[v]
	n := &Node{Var: v, Pkg: d.Pkg}
	g.nodes[v] = n
	if d.Init != nil {
		g.Scan(n, d.Pkg, d.File, d.Init)
	}
	for _, part := range d.Parts {
		g.addPart(n, part)
	}
	return n
}

// Existing returns the node of an object, or nil if nothing has asked for it.
func (g *Graph) Existing(obj types.Object) *Node { return g.nodes[obj] }

// Nodes calls f with every node that something has asked for, in no order.
func (g *Graph) Nodes(f func(*Node)) {
	for _, n := range g.nodes {
		f(n)
	}
}

// addPart adds what a further declaration does to a variable. The body of an init function is part of its initialization.
// Another variable that is made of it is an edge.
func (g *Graph) addPart(n *Node, part decls.Part) {
	switch d := part.Decl.(type) {
	case *ast.FuncDecl:
		g.Scan(n, part.Pkg, part.File, d.Body)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if spec, ok := spec.(*ast.ValueSpec); ok {
				g.addMadeOf(n, part, spec)
			}
		}
	}
}

func (g *Graph) addMadeOf(n *Node, part decls.Part, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		v, ok := part.Pkg.Info.Defs[name].(*types.Var)
		if ok && v != n.Var && mentions(part.Pkg.Info, decls.Initializer(spec, i), n.Var) {
			n.Edges = append(n.Edges, Edge{Pos: name.Pos(), To: g.Variable(v), Verb: "reads"})
		}
	}
}

func mentions(info *types.Info, e ast.Expr, v *types.Var) (yes bool) {
	if e == nil {
		return false
	}
	ast.Inspect(e, func(x ast.Node) bool {
		id, ok := x.(*ast.Ident)
		yes = yes || ok && info.Uses[id] == v
		return !yes
	})
	return yes
}

// External reports whether a node is code of another module.
func (g *Graph) External(n *Node) bool { return g.Index.IsExternal(n.Pkg) }

// Object returns the function or the variable.
func (n *Node) Object() types.Object {
	if n.Func != nil {
		return n.Func
	}
	return n.Var
}

// Name returns what messages of package pkg call the node.
func (n *Node) Name(pkg *types.Package) string { return gotypes.NameIn(pkg, n.Object()) }

// Subject returns the first words of messages about what the node does.
func (n *Node) Subject() string {
	if n.Var != nil {
		return "the initialization of " + n.Var.Name()
	}
	return n.Name(n.Pkg.Types)
}

// callees are the functions that a node leads to, whether it calls or mentions them.
func (n *Node) callees() (fns []*Node) {
	for _, e := range n.Edges {
		if e.To.Func != nil {
			fns = append(fns, e.To)
		}
	}
	for _, o := range n.occurrences {
		if o.to != nil {
			fns = append(fns, o.to)
		}
	}
	return fns
}

// operation is the first durable operation in a node's own body, if there is one.
func (n *Node) operation() (e Effect, ok bool) {
	if len(n.Effects) > 0 {
		return n.Effects[0], true
	}
	for _, o := range n.occurrences {
		if o.operation != "" {
			return Effect{Pos: o.id.Pos(), What: o.operation}, true
		}
	}
	return Effect{}, false
}

// Durability returns the operation that makes a function durable: the one that it reaches by the shortest way. It returns
// the zero Effect if there is none, as for some workflows.
func (n *Node) Durability() Effect {
	seen := map[*Node]bool{n: true}
	for queue := []*Node{n}; len(queue) > 0; queue = queue[1:] {
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
	return Effect{}
}

// RunsOperation reports whether a call of a function may run a durable operation before it returns. If not, the function only makes
// functions that do.
func (n *Node) RunsOperation() bool {
	seen := map[*Node]bool{n: true}
	for queue := []*Node{n}; len(queue) > 0; queue = queue[1:] {
		now := queue[0]
		if len(now.occurrences) > 0 || slices.ContainsFunc(now.Effects, func(e Effect) bool { return !e.Value }) {
			return true
		}
		for _, e := range now.Edges {
			if e.To.Func != nil && !e.Value && !seen[e.To] {
				seen[e.To] = true
				queue = append(queue, e.To)
			}
		}
	}
	return false
}

// MarkLowered finds the nodes that reach a durable operation by calls, dispatched or not, and mentions: the workflows, and
// the smallest set closed under "has an effect of its own, or an edge to a member". Variables are not followed: reading
// one runs nothing.
func (g *Graph) MarkLowered(reached []*Reach) {
	g.Lowered = map[*Node]bool{}
	g.collectOccurrences(reached)
	callers := map[*Node][]*Node{}
	var work []*Node
	for _, n := range g.nodes {
		if g.External(n) {
			continue
		}
		for _, to := range n.callees() {
			callers[to] = append(callers[to], n)
		}
		if _, ok := n.operation(); ok {
			work = append(work, n)
		}
	}
	for _, r := range reached {
		work = append(work, r.Root)
	}
	work = append(work, g.conditional()...)
	for len(work) > 0 {
		g.mark(callers, work)
		work = g.recovering()
	}
}

// mark marks nodes and all that lead to them.
func (g *Graph) mark(callers map[*Node][]*Node, work []*Node) {
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if !g.Lowered[n] {
			g.Lowered[n] = true
			work = append(work, callers[n]...)
		}
	}
}

// conditional are functions that only some builds compile. In another build one may be durable, and the files that all
// builds share call it by one name, so each build has a copy of it. What initializes a variable has no run.
func (g *Graph) conditional() (fns []*Node) {
	initial := map[*Node]bool{}
	for _, n := range g.nodes {
		for _, e := range n.Edges {
			if n.Var != nil {
				initial[e.To] = true
			}
		}
	}
	for fn, n := range g.nodes {
		f, ok := fn.(*types.Func)
		if ok && !initial[n] && !g.External(n) && f.Signature().Recv() == nil && !g.Index.Funcs[f].Pure && g.Index.Funcs[f].File.Condition() != "" {
			fns = append(fns, n)
		}
	}
	return fns
}

// NextFuncs returns, for each of the author's functions in reach, the author's functions that it may call directly or
// through code that is not the author's: by name, through an interface, through a package variable, or by code of another
// module. They are sorted by full name.
func (g *Graph) NextFuncs(reached []*Reach) map[*types.Func][]*types.Func {
	all := map[*types.Func][]*types.Func{}
	for _, r := range reached {
		for _, n := range r.Nodes {
			if n.Func != nil && !g.External(n) {
				all[n.Func] = append(all[n.Func], g.next(r, n)...)
			}
		}
	}
	for fn, fns := range all {
		slices.SortFunc(fns, ByFullName)
		all[fn] = slices.Compact(fns)
	}
	return all
}

// next are the author's functions that are next on the ways from a node.
func (g *Graph) next(r *Reach, from *Node) (fns []*types.Func) {
	seen := map[*Node]bool{from: true}
	for queue := []*Node{from}; len(queue) > 0; queue = queue[1:] {
		for _, e := range r.EdgesOf(queue[0]) {
			switch {
			case e.To.Func != nil && !g.External(e.To):
				fns = append(fns, e.To.Func)
			case !seen[e.To]:
				seen[e.To] = true
				queue = append(queue, e.To)
			}
		}
	}
	return fns
}

// ByFullName compares functions by their full names.
func ByFullName(a, b *types.Func) int { return strings.Compare(a.FullName(), b.FullName()) }
