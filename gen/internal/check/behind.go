package check

import (
	"go/types"
	"slices"
)

// This file finds what a function depends on besides the functions that its text names.

// behind are, for each of the author's functions in reach, those that it leads to without code of the author's between.
func (c *checker) behind() map[*types.Func][]*types.Func {
	all := map[*types.Func][]*types.Func{}
	for _, r := range c.reached {
		for _, n := range r.nodes {
			if n.fn != nil && !c.index.IsExternal(n.pkg) {
				all[n.fn] = append(all[n.fn], c.next(r, n)...)
			}
		}
	}
	for fn, fns := range all {
		slices.SortFunc(fns, byFullName)
		all[fn] = slices.Compact(fns)
	}
	return all
}

// next are the author's functions that are next on the ways from a node. Variables and code of other modules lead on.
func (c *checker) next(r *reach, from *node) (fns []*types.Func) {
	seen := map[*node]bool{from: true}
	for queue := []*node{from}; len(queue) > 0; queue = queue[1:] {
		for _, e := range slices.Concat(queue[0].edges, r.dynamic[queue[0]]) {
			switch {
			case e.to.fn != nil && !c.index.IsExternal(e.to.pkg):
				fns = append(fns, e.to.fn)
			case !seen[e.to]:
				seen[e.to] = true
				queue = append(queue, e.to)
			}
		}
	}
	return fns
}
