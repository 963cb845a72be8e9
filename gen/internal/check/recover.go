// Rule: a lowered function that recovers must not be used as a value.

package check

import (
	"fmt"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
)

const recoverValue = "PWL235"

var recoverRule = rule{
	docs: []diag.Rule{{ID: recoverValue, Title: "function value that recovers", Doc: `
recover only works in the function that was deferred. As a value, this function is bound to the run by another function
around it, and its recover would return nil. Defer the function itself, or write a function literal that recovers.`}},
	reached: func(p *pass, r *callgraph.Reach) {
		for _, n := range r.Nodes {
			if n.Func == nil || p.graph.External(n) {
				continue
			}
			for _, e := range r.EdgesOf(n) {
				taken := e.Verb == "uses" || e.Via != nil && e.Value
				if taken && e.To.Recovers && p.graph.Lowered[e.To] {
					p.report(r, n, callgraph.Finding{
						Pos: e.Pos, Rule: recoverValue, Fix: "call it by name in the defer statement, or write a function literal that recovers",
						Message: fmt.Sprintf("%s uses %s as a value, in which its recover returns nil", n.Name(n.Pkg.Types), e.To.Name(n.Pkg.Types)),
					})
				}
			}
		}
	},
}
