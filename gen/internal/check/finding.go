// Rule: what the visitor found is reported for each workflow that reaches it.

package check

import "github.com/pawlhq/pawl/gen/internal/callgraph"

var findingRule = rule{reached: func(p *pass, r *callgraph.Reach) {
	for _, n := range r.Nodes {
		for _, f := range n.Findings {
			if !p.graph.External(n) && (!f.IfLowered || p.graph.Lowered[n]) {
				p.report(r, n, f)
			}
		}
	}
	for _, e := range r.Ends {
		if !p.graph.External(e.From) {
			p.report(r, e.From, e.Finding)
		}
	}
}}
