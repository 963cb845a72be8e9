// What one workflow reaches.

package callgraph

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/flow"
)

// Reach is what one function, usually a workflow, reaches.
type Reach struct {
	Root    *Node
	Nodes   []*Node          // by distance from the root, which is the first
	Dynamic map[*Node][]Edge // calls by dispatch, with the types that occur in this reach
	Ends    []End            // calls by dispatch that must not end where they may

	occurrences []occurrence    // where calls that lowered code dispatches may end
	receivers   *flow.Receivers // nil unless the graph is precise
	parent      map[*Node]Step  // the shortest way from the root
}

// End is a call by dispatch that must not end where it may.
type End struct {
	From *Node
	Finding
}

// Step is an edge on a way, with where it starts.
type Step struct {
	From *Node
	Edge Edge
}

// Reach follows all ways from a node.
func (g *Graph) Reach(root *Node) *Reach {
	r := &Reach{Root: root, Dynamic: map[*Node][]Edge{}}
	for size := -1; size != r.size(); {
		size = r.size()
		r.walk()
		g.dispatch(r)
	}
	r.walk()
	return r
}

// size grows until the fixpoint is found.
func (r *Reach) size() int {
	n := len(r.Nodes)
	for _, es := range r.Dynamic {
		n += len(es)
	}
	return n
}

// walk finds the nodes in reach and the shortest way to each. Of two equally short ways it takes the first.
func (r *Reach) walk() {
	r.parent = map[*Node]Step{r.Root: {}}
	r.Nodes = []*Node{r.Root}
	for i := 0; i < len(r.Nodes); i++ {
		n := r.Nodes[i]
		for _, e := range r.EdgesOf(n) {
			if _, seen := r.parent[e.To]; !seen {
				r.parent[e.To] = Step{From: n, Edge: e}
				r.Nodes = append(r.Nodes, e.To)
			}
		}
	}
}

// EdgesOf returns the edges of a node in this reach, dispatched ones included.
func (r *Reach) EdgesOf(n *Node) []Edge { return slices.Concat(n.Edges, r.Dynamic[n]) }

// StepAt returns the call with an opening parenthesis at a position, as a step from a function in reach.
func (r *Reach) StepAt(g *Graph, paren token.Pos) (Step, bool) {
	for _, n := range r.Nodes {
		if n.Func == nil {
			continue
		}
		d, ok := g.Index.Funcs[n.Func]
		if !ok || paren < d.Decl.Pos() || d.Decl.End() <= paren {
			continue
		}
		name := calledName(d.Decl, paren)
		for _, e := range r.EdgesOf(n) {
			if name != nil && e.Pos == name.Pos() {
				return Step{n, e}, true
			}
		}
	}
	return Step{}, false
}

// calledName returns the name of what the call with an opening parenthesis at a position calls, or nil.
func calledName(within ast.Node, paren token.Pos) (name *ast.Ident) {
	ast.Inspect(within, func(x ast.Node) bool {
		if call, ok := x.(*ast.CallExpr); ok && call.Lparen == paren {
			switch fun := ast.Unparen(call.Fun).(type) {
			case *ast.Ident:
				name = fun
			case *ast.SelectorExpr:
				name = fun.Sel
			}
		}
		return name == nil
	})
	return name
}

// Has reports whether a node is in reach.
func (r *Reach) Has(n *Node) bool {
	_, entered := r.parent[n]
	return entered || n == r.Root
}

// Way returns the shortest way from the root to a node in reach.
func (r *Reach) Way(n *Node) []Step { return way(r.parent, r.Root, n) }

func way(parent map[*Node]Step, from, to *Node) (steps []Step) {
	for to != from {
		steps = append(steps, parent[to])
		to = parent[to].From
	}
	slices.Reverse(steps)
	return steps
}

// Search follows ways from a node in reach, through the nodes that enter accepts, until found accepts one. It returns the
// shortest way there, which is empty if found accepts from itself, and whether there is one. Of two equally short ways it
// takes the first.
func (r *Reach) Search(from *Node, enter, found func(*Node) bool) ([]Step, bool) {
	parent := map[*Node]Step{from: {}}
	queue := []*Node{from}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		if found(n) {
			return way(parent, from, n), true
		}
		for _, e := range r.EdgesOf(n) {
			if _, seen := parent[e.To]; !seen && enter(e.To) {
				parent[e.To] = Step{n, e}
				queue = append(queue, e.To)
			}
		}
	}
	return nil, false
}

// Objects returns the functions and variables in reach.
func (r *Reach) Objects() (objs []types.Object) {
	for _, n := range r.Nodes {
		objs = append(objs, n.Object())
	}
	return objs
}

// LoweredFuncs returns the lowered functions in reach: the root first, then by full name.
func (r *Reach) LoweredFuncs(g *Graph) []*types.Func {
	var fns []*types.Func
	for _, n := range r.Nodes {
		if n.Func != nil && n != r.Root && g.Lowered[n] {
			fns = append(fns, n.Func)
		}
	}
	slices.SortFunc(fns, ByFullName)
	return append([]*types.Func{r.Root.Func}, fns...)
}

// NeedsPrecision reports whether a call by dispatch may end at something harmful, as far as types tell. Then the graph
// should be made precise, to find out whether it does.
func (g *Graph) NeedsPrecision(reached []*Reach) bool {
	for _, r := range reached {
		if len(r.Ends) > 0 {
			return true
		}
		for _, es := range r.Dynamic {
			for _, e := range es {
				if e.Via != nil && (g.Lowered[e.To] || harmful(e.To, map[*Node]bool{})) {
					return true
				}
			}
		}
	}
	return false
}

// harmful reports whether a finding is on a way from a node.
func harmful(n *Node, seen map[*Node]bool) bool {
	if seen[n] {
		return false
	}
	seen[n] = true
	return len(n.Findings) > 0 || slices.ContainsFunc(n.Edges, func(e Edge) bool { return harmful(e.To, seen) })
}
