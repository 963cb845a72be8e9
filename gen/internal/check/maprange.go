// Rule: a range over a map follows the order of its keys, so they need one.

package check

import (
	"go/ast"
	"go/types"
	"go/version"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const oldLoop = "PWL237"

var mapRangeRule = rule{
	docs: []diag.Rule{{ID: oldLoop, Title: "map range in an old language version", Doc: `
The file asks for a Go version before 1.23, which has no iterators. A durable range over a map needs one if the head of
the loop assigns to an element, a field, or a variable of another type. Assign to plain variables there, or raise the
version in the file's go:build line.`}},
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
	goVersion := v.file.GoVersion
	if !AssignsVariables(v.info, r) && version.IsValid(goVersion) && version.Compare(goVersion, "go1.23") < 0 {
		v.report(r.Pos(), oldLoop, "assign to plain variables of the map's own types in the head of the loop, or ask for go1.23 in the file's go:build line",
			"assigns entries of a map to more than variables in a file for %s, which has no iterators", goVersion)
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
