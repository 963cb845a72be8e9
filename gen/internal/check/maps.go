package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about the order of maps.

const useSorted = "range over a sorted slice of keys, or use a key type that has an order"

// mapRange handles a range over a map: durable, in the order of its keys, if they have one.
func (s *scanner) mapRange(r *ast.RangeStmt, m *types.Map) {
	s.durable(r.Pos(), "a range over a map", false)
	if !gotypes.Ordered(m.Key()) {
		s.report(r.Pos(), stdlib.MapOrder, useSorted,
			"ranges over a map whose keys (%s) have no order", types.TypeString(m.Key(), types.RelativeTo(s.n.pkg.Types)))
	}
	if !AssignsVariables(s.info, r) && version.IsValid(s.file.GoVersion) && version.Compare(s.file.GoVersion, "go1.23") < 0 {
		s.report(r.Pos(), oldLoop, "assign to plain variables of the map's own types in the head of the loop, or ask for go1.23 in the file's go:build line",
			"assigns entries of a map to more than variables in a file for %s, which has no iterators", s.file.GoVersion)
	}
}

// AssignsVariables reports whether a range over a map does no more than fill variables of exactly the map's types, if
// any: there is nothing to evaluate or to convert for an entry.
func AssignsVariables(info *types.Info, r *ast.RangeStmt) bool {
	if r.Tok != token.ASSIGN {
		return true
	}
	m := gotypes.CoreType(info.TypeOf(r.X)).(*types.Map)
	return IsVariable(info, r.Key, m.Key()) && IsVariable(info, r.Value, m.Elem())
}

// IsVariable reports whether e is the name of a variable of type t, blank, or absent.
func IsVariable(info *types.Info, e ast.Expr, t types.Type) bool {
	if e == nil {
		return true
	}
	id, ok := e.(*ast.Ident)
	return ok && (id.Name == "_" || types.Identical(info.TypeOf(id), t))
}

// mapFunc rejects functions of package maps over maps that have no order.
func (s *scanner) mapFunc(pos token.Pos, fn *types.Func, ref ast.Expr) {
	if fn.Pkg().Path() != "maps" {
		return
	}
	for p := range s.info.TypeOf(ref).(*types.Signature).Params().Variables() {
		if m, ok := gotypes.CoreType(p.Type()).(*types.Map); ok && !gotypes.Ordered(m.Key()) {
			s.report(pos, stdlib.MapOrder, useSorted, "goes with maps.%s through a map whose keys (%s) have no order", fn.Name(), types.TypeString(m.Key(), types.RelativeTo(s.n.pkg.Types)))
			return
		}
	}
}

// OrderLost reports whether the function that the identifier on top of a stack of nodes names makes an iterator over a
// map that goes straight into a function whose result does not depend on its order.
func OrderLost(info *types.Info, stack []ast.Node) bool {
	fn, _ := info.Uses[stack[len(stack)-1].(*ast.Ident)].(*types.Func)
	if fn == nil || !stdlib.Of(fn).YieldsMap {
		return false
	}
	_, inner := gotypes.Reference(stack)
	i := slices.Index(stack, ast.Node(inner))
	if inner == nil || i < 1 {
		return false
	}
	outer, ok := stack[i-1].(*ast.CallExpr)
	if !ok {
		return false
	}
	by := gotypes.Callee(info, outer)
	return by != nil && stdlib.Of(by).IgnoresOrder
}
