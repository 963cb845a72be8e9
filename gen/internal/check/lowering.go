// What checking and lowering must decide alike.

package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Suffix ends the name of every generated function.
const Suffix = "__pawl"

// ChildSuffix ends the name of the function that lowered code calls in place of a workflow.
const ChildSuffix = ir.ChildSuffix

// ContinueSuffix ends the name of the function that lowered code calls where a workflow continues as new.
const ContinueSuffix = ir.ContinueSuffix

// AssignsVariables reports whether a range over a map does no more than assign to variables of exactly the map's types,
// if any: there is nothing to evaluate or to convert for an entry.
func AssignsVariables(info *types.Info, r *ast.RangeStmt) bool {
	if r.Tok != token.ASSIGN {
		return true
	}
	m := gotypes.CoreType(info.TypeOf(r.X)).(*types.Map)
	return IsVariable(info, r.Key, m.Key()) && IsVariable(info, r.Value, m.Elem())
}

// Spins reports whether the end of a loop may depend on what other goroutines do with an atomic variable: its condition uses the
// variable, or it has no condition and its body does. In Go, other goroutines run in parallel to the loop. A loop that loads a variable
// and stores the new value with CompareAndSwap ends by itself, because goroutines of a run take turns.
func Spins(info *types.Info, loop *ast.ForStmt) bool {
	in := func(n ast.Node) (uses, loads, swaps bool) {
		if n == nil {
			return
		}
		ast.Inspect(n, func(x ast.Node) bool {
			switch x := x.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if fn := gotypes.Callee(info, x); fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "sync/atomic" {
					uses = true
					loads = loads || strings.HasPrefix(fn.Name(), "Load")
					swaps = swaps || strings.HasPrefix(fn.Name(), "CompareAndSwap")
				}
			}
			return true
		})
		return uses, loads, swaps
	}
	if loop.Cond != nil {
		uses, _, _ := in(loop.Cond)
		return uses
	}
	uses, loads, swaps := in(loop.Body)
	return uses && (!loads || !swaps)
}

// IsVariable reports whether e is the name of a variable of type t, blank, or absent.
func IsVariable(info *types.Info, e ast.Expr, t types.Type) bool {
	if e == nil {
		return true
	}
	id, ok := e.(*ast.Ident)
	return ok && (id.Name == "_" || types.Identical(info.TypeOf(id), t))
}

// OrderLost reports whether the function that the identifier on top of a stack of nodes names makes an iterator over a
// map that goes straight into a function whose result doesn't depend on its order.
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

// DecodesTimes reports whether the identifier on top of a stack of nodes names a decoder that may decode times, and
// whose result lowered code fixes.
func DecodesTimes(info *types.Info, stack []ast.Node) bool {
	return decodesTimes(info, stack, stdlib.FixableTimes)
}

func decodesTimes(info *types.Info, stack []ast.Node, by stdlib.Decoding) bool {
	fn, _ := info.Uses[stack[len(stack)-1].(*ast.Ident)].(*types.Func)
	if fn == nil || stdlib.Of(fn).Decodes != by {
		return false
	}
	_, call := gotypes.Reference(stack)
	if call == nil {
		return true
	}
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		t := info.TypeOf(arg)
		return t != nil && types.IsInterface(t) || mayHoldTime(t, map[types.Type]bool{})
	})
}

// mayHoldTime reports whether a decoder may put a time into a value of a type. Into an interface it puts none.
func mayHoldTime(t types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "time" {
		return n.Obj().Name() == "Time"
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case interface{ Elem() types.Type }: // pointers, slices, arrays and maps
		return mayHoldTime(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if (f.Exported() || f.Anonymous()) && mayHoldTime(f.Type(), seen) {
				return true
			}
		}
	case *types.Tuple:
		return true
	}
	return false
}

// MayBeSignal reports whether a value of a type may be the channel of a signal, whose length the run knows.
func MayBeSignal(t types.Type) bool {
	ch := gotypes.ChanType(t)
	return ch != nil && ch.Dir() != types.SendOnly
}
