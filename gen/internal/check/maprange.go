// Rule: a range over a map follows the order of its keys, so they need one.

package check

import (
	"go/ast"
	"go/types"

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
}

const useSorted = "range over a sorted slice of keys, or use a key type that has an order"

func mapRange(v *visitor, r *ast.RangeStmt, m *types.Map) {
	v.effect(r.Pos(), "", "a range over a map", false)
	if !gotypes.Ordered(m.Key()) {
		v.report(r.Pos(), stdlib.MapOrder, useSorted, "ranges over a map whose keys (%s) have no order", v.typeName(m.Key()))
	}
}

// checkMapFunc rejects functions that go through a map whose keys have no order.
func checkMapFunc(v *visitor, m mention) {
	for p := range v.info.TypeOf(m.ref).(*types.Signature).Params().Variables() {
		if t, ok := gotypes.CoreType(p.Type()).(*types.Map); ok && !gotypes.Ordered(t.Key()) {
			v.report(m.id.Pos(), stdlib.MapOrder, useSorted, "uses maps.%s on a map whose keys (%s) have no order", m.fn.Name(), v.typeName(t.Key()))
			return
		}
	}
}
