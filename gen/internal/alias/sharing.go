// This file decides which types share what they hold with their copies, and which of them nothing can write.

package alias

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// sharing knows which types share.
type sharing struct {
	index   *decls.Index
	written map[*types.Named]bool // types with fields, or with values behind pointers, that the program writes
}

func newSharing(index *decls.Index) *sharing {
	return &sharing{index: index, written: writtenTypes(index)}
}

// shares reports whether two values of a type may share something that can be written.
func (s *sharing) shares(t types.Type) bool { return s.sharesIn(t, map[types.Type]bool{}) }

// sharesIn is shares for a part of a type of which the types in seen are also parts.
func (s *sharing) sharesIn(t types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if s.immutable(t, seen) {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Signature:
		return s.iterates(u, seen)
	case *types.Array:
		return s.sharesIn(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if s.sharesIn(f.Type(), seen) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for v := range u.Variables() {
			if s.sharesIn(v.Type(), seen) {
				return true
			}
		}
		return false
	}
	return true
}

// iterates reports whether a function is an iterator over values that share.
func (s *sharing) iterates(sig *types.Signature, seen map[types.Type]bool) bool {
	if sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && s.sharesIn(yield.Params(), seen)
}

// elementsShare reports whether the elements of a slice, a map or an iterator share. Of other types, it is shares.
func (s *sharing) elementsShare(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return s.shares(u.Elem())
	case *types.Map:
		return s.shares(u.Key()) || s.shares(u.Elem())
	}
	return s.shares(t)
}

// immutable reports whether workflow code cannot write what values of a type hold: errors, contexts, the receivers of
// activities, and some types of the standard library.
func (s *sharing) immutable(t types.Type, seen map[types.Type]bool) bool {
	if gotypes.IsError(t) {
		return true
	}
	n := gotypes.Origin(t)
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	if s.index.Has(n.Obj()) {
		return s.index.ReceivesActivities(n) && !s.index.ReceivesWorkflows(n) || s.index.IsActivityInterface(n) || s.immutableError(n, seen)
	}
	return stdlib.Of(n.Obj()).Immutable
}

// immutableError reports whether a type of the module is a struct and an error, and nothing in the module writes to it.
func (s *sharing) immutableError(n *types.Named, seen map[types.Type]bool) bool {
	_, ok := n.Underlying().(*types.Struct)
	return ok && gotypes.ImplementsError(types.NewPointer(n)) && !s.written[n] && !s.sharesIn(n.Underlying(), seen)
}

// writtenTypes finds the types of which a program writes a field, or a value behind a pointer.
func writtenTypes(index *decls.Index) map[*types.Named]bool {
	all := map[*types.Named]bool{}
	index.Each(func(part decls.Part) {
		ast.Inspect(part.Decl, func(x ast.Node) bool {
			for _, e := range written(x) {
				for e = container(e); e != nil; e = container(e) {
					if n := gotypes.Origin(part.Pkg.Info.TypeOf(e)); n != nil {
						all[n] = true
					}
				}
			}
			return true
		})
	})
	return all
}

// container returns the expression that e is a part of: the struct, the list or the pointer. It returns nil if e is no
// part.
func container(e ast.Expr) ast.Expr {
	switch x := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return x.X
	case *ast.IndexExpr:
		return x.X
	case *ast.StarExpr:
		return x.X
	}
	return nil
}

// written returns the expressions that a node assigns to or takes the address of.
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
