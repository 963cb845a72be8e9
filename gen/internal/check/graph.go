package check

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

// This file is the graph: functions and package variables, and how one leads to another.

// node is a function of the module, or a package variable with what gives it its value.
type node struct {
	fn  *types.Func // nil for a variable
	v   *types.Var  // nil for a function
	pkg *gosrc.Package

	edges    []edge
	sites    []site       // calls whose target depends on a dynamic type
	meets    []meeting    // what those of them may end at that lowering can dispatch, over all workflows
	types    []types.Type // candidates that values in the body are of
	effects  []effect
	findings []finding
	prints   []printing // of interfaces, which may hold an address
	recovers bool       // calls recover in its own body, not in a function literal's
	closes   bool       // has a function literal that changes a variable around it
}

// edge is one way from a node to another.
type edge struct {
	pos   token.Pos
	to    *node
	verb  string     // "calls", "uses", "reads": what the one does with the other
	value bool       // not a call now: a function value, or a call in a function literal
	via   *ast.Ident // the name of the interface's method, of a call that lowering can dispatch; else nil
}

// effect is a durable operation in a node's own body.
type effect struct {
	pos   token.Pos
	rule  string // that it breaks where there is no run
	what  string
	value bool
}

// finding is a rule broken in a node's own body.
type finding struct {
	pos     token.Pos
	rule    string
	message string
	fix     string
	decl    token.Pos // a second place where //pawl:allow may accept it; or NoPos
	lowered bool      // counts only if the node is lowered
	remark  bool      // stops nothing
}

// function is the node of a function of the module, scanned when it is first asked for.
func (c *checker) function(fn *types.Func) *node {
	fn = fn.Origin()
	if n, ok := c.nodes[fn]; ok {
		return n
	}
	d := c.index.Funcs[fn]
	n := &node{fn: fn, pkg: d.Pkg}
	c.nodes[fn] = n
	if !d.Pure {
		c.scan(n, d.Pkg, d.File, d.Decl)
	}
	return n
}

// variable is the node of a package variable of the module: its initialiser and the init functions that write it.
func (c *checker) variable(v *types.Var) *node {
	if n, ok := c.nodes[v]; ok {
		return n
	}
	d := c.index.Vars[v]
	n := &node{v: v, pkg: d.Pkg}
	c.nodes[v] = n
	if d.Init != nil {
		c.scan(n, d.Pkg, d.File, d.Init)
	}
	for _, init := range d.Parts {
		c.initialises(n, init)
	}
	return n
}

// initialises enters what a further declaration does to a variable: the body of an init function is part of its
// initialisation, and another variable that is made of it leads to that one's.
func (c *checker) initialises(n *node, by decls.Part) {
	switch d := by.Decl.(type) {
	case *ast.FuncDecl:
		c.scan(n, by.Pkg, by.File, d.Body)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if spec, ok := spec.(*ast.ValueSpec); ok {
				c.madeInto(n, by, spec)
			}
		}
	}
}

// madeInto leads from a variable to those whose initialisers name it.
func (c *checker) madeInto(n *node, by decls.Part, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		v, ok := by.Pkg.Info.Defs[name].(*types.Var)
		if ok && v != n.v && mentions(by.Pkg.Info, decls.Initializer(spec, i), n.v) {
			n.edges = append(n.edges, edge{pos: name.Pos(), to: c.variable(v), verb: "reads"})
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

// name is how the node is called in messages of package pkg.
func (n *node) name(pkg *types.Package) string { return gotypes.NameIn(pkg, n.object()) }

// subject is how messages about the node's body begin.
func (n *node) subject() string {
	if n.v != nil {
		return "the initialisation of " + n.v.Name()
	}
	return n.name(n.pkg.Types)
}

func (n *node) object() types.Object {
	if n.fn != nil {
		return n.fn
	}
	return n.v
}

// reach is what one workflow reaches.
type reach struct {
	root      *node
	nodes     []*node          // by distance from the root, which is the first
	dynamic   map[*node][]edge // by dispatch, on the types that this workflow uses
	dead      []ending         // dynamic calls that end at something other than a pure function of the module
	met       []meeting        // what calls that lowering can dispatch may end at
	receivers *flow.Receivers  // of dynamic calls; nil unless the checker is precise
	parent    map[*node]step   // the shortest way from the root
}

// step is the edge by which a node is reached on the shortest way.
type step struct {
	from *node
	edge edge
}

// reach follows all ways from root. Dispatch depends on the types in reach and may add to it: both grow to a fixpoint.
func (c *checker) reach(root *node) *reach {
	r := &reach{root: root, dynamic: map[*node][]edge{}}
	for size := -1; size != r.size(); {
		size = r.size()
		r.walk()
		c.dispatch(r)
	}
	r.walk()
	return r
}

// objects returns the functions and package variables in reach.
func (r *reach) objects() (objs []types.Object) {
	for _, n := range r.nodes {
		objs = append(objs, n.object())
	}
	return objs
}

// size grows as long as the fixpoint has not been found.
func (r *reach) size() int {
	n := len(r.nodes)
	for _, es := range r.dynamic {
		n += len(es)
	}
	return n
}

// walk finds the nodes in reach and the shortest way to each; of two equally short ways the one that stands first.
func (r *reach) walk() {
	r.parent = map[*node]step{r.root: {}}
	r.nodes = []*node{r.root}
	for i := 0; i < len(r.nodes); i++ {
		n := r.nodes[i]
		for _, e := range slices.Concat(n.edges, r.dynamic[n]) {
			if _, seen := r.parent[e.to]; !seen {
				r.parent[e.to] = step{from: n, edge: e}
				r.nodes = append(r.nodes, e.to)
			}
		}
	}
}

// colour finds the nodes that reach a durable operation by calls, dispatched or not, and mentions: workflows always, and
// the least set that is closed under "has an effect of its own, or an edge to a member". A variable is never a way:
// reading one runs nothing.
func (c *checker) colour() {
	callers := map[*node][]*node{}
	var work []*node
	for _, n := range c.nodes {
		if c.index.IsExternal(n.pkg) {
			continue
		}
		for _, to := range n.callees() {
			callers[to] = append(callers[to], n)
		}
		if _, ok := n.operation(); ok {
			work = append(work, n)
		}
	}
	for _, r := range c.reached {
		work = append(work, r.root)
	}
	work = append(work, c.conditional()...)
	for len(work) > 0 {
		c.lower(callers, work)
		work = c.recovering()
	}
}

// conditional are functions that only some builds compile. In another build one may be durable, and the files that all
// builds share call it by one name: each build has a twin of it. What a variable is made with has no run.
func (c *checker) conditional() (fns []*node) {
	initial := map[*node]bool{}
	for _, n := range c.nodes {
		for _, e := range n.edges {
			if n.v != nil {
				initial[e.to] = true
			}
		}
	}
	for fn, n := range c.nodes {
		f, ok := fn.(*types.Func)
		if ok && !initial[n] && !c.index.IsExternal(n.pkg) && f.Signature().Recv() == nil && !c.index.Funcs[f].Pure && onSomeSystems(c.index.Funcs[f].File) {
			fns = append(fns, n)
		}
	}
	return fns
}

// onSomeSystems reports whether a file is compiled under a condition other than a version of the language.
func onSomeSystems(f *gosrc.File) bool {
	condition := f.Condition()
	return condition != "" && !strings.HasPrefix(condition, "go1.")
}

// callees are the functions that a node leads to, whether it calls or mentions them.
func (n *node) callees() (fns []*node) {
	for _, e := range n.edges {
		if e.to.fn != nil {
			fns = append(fns, e.to)
		}
	}
	for _, m := range n.meets {
		if m.to != nil {
			fns = append(fns, m.to)
		}
	}
	return fns
}

// operation is the first durable operation in a node's own body, if there is one.
func (n *node) operation() (e effect, ok bool) {
	if len(n.effects) > 0 {
		return n.effects[0], true
	}
	for _, m := range n.meets {
		if m.operation != "" {
			return effect{pos: m.id.Pos(), rule: varInit, what: m.operation}, true
		}
	}
	return effect{}, false
}

// lower colours nodes and all that lead to them.
func (c *checker) lower(callers map[*node][]*node, work []*node) {
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if !c.lowered[n] {
			c.lowered[n] = true
			work = append(work, callers[n]...)
		}
	}
}
