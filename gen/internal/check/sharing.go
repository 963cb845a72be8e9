package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about values that share what they hold with their copies, and about those that nothing can write.

// shares reports whether two values of a type can share what one of them can write. Types that nothing can write are
// none of these, and neither are functions: judgeVariable looks at what they hold.
func (c *checker) shares(t types.Type) bool { return c.sharing(t, map[types.Type]bool{}) }

func (c *checker) sharing(t types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if c.unwritable(t, seen) {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Signature:
		return c.iterates(u, seen)
	case *types.Array:
		return c.sharing(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if c.sharing(f.Type(), seen) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for v := range u.Variables() {
			if c.sharing(v.Type(), seen) {
				return true
			}
		}
		return false
	}
	return true
}

// iterates reports whether a function is an iterator over values that share.
func (c *checker) iterates(sig *types.Signature, seen map[types.Type]bool) bool {
	if sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && c.sharing(yield.Params(), seen)
}

// inside reports whether the parts of a list, a map or an iterator share.
func (c *checker) inside(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return c.shares(u.Elem())
	case *types.Map:
		return c.shares(u.Key()) || c.shares(u.Elem())
	}
	return c.shares(t)
}

// unwritable reports whether nothing can write to what values of a type hold: errors, contexts, the receivers of
// activities, and some types of the standard library.
func (c *checker) unwritable(t types.Type, seen map[types.Type]bool) bool {
	if gotypes.IsError(t) {
		return true
	}
	n := gotypes.Origin(t)
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	if c.index.Has(n.Obj()) {
		return c.index.ReceivesActivities(n) && !c.index.ReceivesWorkflows(n) || c.index.IsActivityInterface(n) || c.frozenError(n, seen)
	}
	return stdlib.Of(n.Obj()).Immutable
}

// frozenError reports whether a type of the module is a struct and an error, and nothing in the module writes to it.
func (c *checker) frozenError(n *types.Named, seen map[types.Type]bool) bool {
	_, ok := n.Underlying().(*types.Struct)
	return ok && gotypes.ImplementsError(types.NewPointer(n)) && !c.written[n] && !c.sharing(n.Underlying(), seen)
}

// findWritten finds the types of the module whose fields, or values behind a pointer, are written.
func (c *checker) findWritten() {
	c.written = map[*types.Named]bool{}
	c.index.Each(func(in decls.Part) {
		mark := func(e ast.Expr) {
			if n := gotypes.Origin(in.Pkg.Info.TypeOf(e)); n != nil {
				c.written[n] = true
			}
		}
		ast.Inspect(in.Decl, func(x ast.Node) bool {
			for _, e := range written(x) {
				for e != nil {
					switch x := ast.Unparen(e).(type) {
					case *ast.SelectorExpr:
						e = x.X
					case *ast.IndexExpr:
						e = x.X
					case *ast.StarExpr:
						e = x.X
					default:
						e = nil
						continue
					}
					mark(e)
				}
			}
			return true
		})
	})
}

// written are the expressions that a node assigns to or takes the address of.
func written(x ast.Node) []ast.Expr {
	switch x := x.(type) {
	case *ast.AssignStmt:
		return x.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{x.X}
	case *ast.RangeStmt:
		return []ast.Expr{x.Key, x.Value}
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return []ast.Expr{x.X}
		}
	}
	return nil
}
