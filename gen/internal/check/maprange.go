// Rule: a range over a map follows the order of its keys, so they need one.

package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

var mapRangeRule = rule{
	visit: func(v *visitor, x ast.Node) {
		r, ok := x.(*ast.RangeStmt)
		if !ok {
			return
		}
		if m, ok := gotypes.CoreType(v.info.TypeOf(r.X)).(*types.Map); ok {
			mapRange(v, r, m)
		}
	},
	reached: checkGenericKeys,
}

const useSorted = "range over a sorted slice of keys, or use a key type that has an order"

func mapRange(v *visitor, r *ast.RangeStmt, m *types.Map) {
	v.effect(r.Pos(), "", "a range over a map", false)
	checkKeys(v, m.Key(), r.Pos(), "ranges over a map")
}

// checkKeys rejects what goes through a map whose keys have no order. For keys of a type parameter, the type arguments decide.
func checkKeys(v *visitor, key types.Type, pos token.Pos, what string) {
	if gotypes.Ordered(key) {
		return
	}
	finding := callgraph.Finding{
		Pos: pos, Rule: stdlib.MapOrder, Fix: useSorted,
		Message: fmt.Sprintf("%s %s whose keys (%s) have no order", v.node.Subject(), what, v.typeName(key)),
	}
	if _, parameter := types.Unalias(key).(*types.TypeParam); parameter && v.node.Func != nil {
		v.keys[v.node] = append(v.keys[v.node], keyed{key, finding})
		return
	}
	v.node.Findings = append(v.node.Findings, finding)
}

// checkGenericKeys reports maps in generic functions for which some type argument has no order.
func checkGenericKeys(p *pass, r *callgraph.Reach) {
	for _, n := range r.Nodes {
		for _, k := range p.keys[n] {
			known := func(f callgraph.Finding) bool { return f.Pos == k.finding.Pos && f.Rule == k.finding.Rule }
			if slices.ContainsFunc(n.Findings, known) {
				continue
			}
			for _, arg := range p.ssa().TypeArguments(n.Func, k.key) {
				if !gotypes.Ordered(arg) {
					n.Findings = append(n.Findings, k.finding)
					break
				}
			}
		}
	}
}

// checkMapFunc rejects functions that go through a map whose keys have no order.
func checkMapFunc(v *visitor, m mention) {
	for p := range v.info.TypeOf(m.ref).(*types.Signature).Params().Variables() {
		if t, ok := gotypes.CoreType(p.Type()).(*types.Map); ok && !gotypes.Ordered(t.Key()) {
			checkKeys(v, t.Key(), m.id.Pos(), "uses maps."+m.fn.Name()+" on a map")
			return
		}
	}
}
