// Rule: names from outside the program are allowed, durable or forbidden, as package stdlib says.

package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

var externalNameRule = rule{visit: func(v *visitor, x ast.Node) {
	if m, ok := v.mention(x); ok {
		if m.annotation == nil && !v.index.Has(m.fn) && !gotypes.IsInterfaceMethod(m.fn) {
			checkExternalFunc(v, m)
		}
		return
	}
	id, ok := x.(*ast.Ident)
	if !ok {
		return
	}
	switch obj := v.info.Uses[id].(type) {
	case *types.Var:
		if gotypes.IsPackageVar(obj) && !v.index.Has(obj) && stdlib.Of(obj).Verdict != stdlib.Allowed {
			reportExternal(v, id.Pos(), "uses", obj)
		}
	case *types.Const: // those of other packages are the same on all machines
		if obj.Pkg() != nil && obj.Pkg().Path() == "runtime" {
			reportExternal(v, id.Pos(), "reads", obj)
		}
	case *types.PkgName: // two packages are none, and forbidden as a whole
		if path := obj.Imported().Path(); path == "unsafe" || path == "C" {
			s := stdlib.Package(path)
			v.report(id.Pos(), s.Rule, s.Fix, "uses package %s, which %s", path, s.Why)
		}
	}
}}

// checkExternalFunc looks at a function or method of another module or of the standard library.
func checkExternalFunc(v *visitor, m mention) {
	s := stdlib.Of(m.fn)
	switch {
	case checkDecoder(v, m):
	case s.Verdict == stdlib.Durable && (movedToUTC(v, m) || OrderLost(v.info, v.stack) || computedOnce(v, m)):
	case s.Verdict == stdlib.Durable:
		v.effect(m.id.Pos(), s.Rule, gotypes.NameIn(nil, m.fn), m.value())
		if s.Rule == stdlib.MapOrder {
			checkMapFunc(v, m)
		}
	case s.Verdict == stdlib.Allowed, stdlib.IsErrorMethod(m.fn):
	default:
		reportExternal(v, m.id.Pos(), m.verb(), m.fn)
	}
}

// movedToUTC reports whether a time in the zone of the host is immediately put into another one: time.Unix(…).UTC().
func movedToUTC(v *visitor, m mention) bool {
	i := slices.Index(v.stack, ast.Node(m.ref))
	if !stdlib.Of(m.fn).HostZone || i < 2 {
		return false
	}
	call, called := v.stack[i-1].(*ast.CallExpr)
	sel, selected := v.stack[i-2].(*ast.SelectorExpr)
	if !called || call.Fun != m.ref || !selected || sel.X != call {
		return false
	}
	method, ok := v.info.Uses[sel.Sel].(*types.Func)
	return ok && stdlib.Of(method).MovesZone
}

// computedOnce reports whether sync.OnceValue or OnceValues is called where there is no run, for a value that nothing can
// write. Every process computes the same value, and no run waits for another one to do so, if the function that computes
// it needs no run. That function is checked by itself.
func computedOnce(v *visitor, m mention) bool {
	i := slices.Index(v.stack, ast.Node(m.ref))
	if v.node.Var == nil || !stdlib.Of(m.fn).ComputesOnce || i < 1 {
		return false
	}
	call, called := v.stack[i-1].(*ast.CallExpr)
	if !called || call.Fun != m.ref {
		return false
	}
	once, ok := v.info.TypeOf(call).(*types.Signature)
	return ok && !v.aliases.Shares(once.Results())
}

// reportExternal rejects a name of another module or of the standard library.
func reportExternal(v *visitor, pos token.Pos, verb string, obj types.Object) {
	s := stdlib.Of(obj)
	if s.Rule == stdlib.UnknownModule {
		v.unknown[obj.Pkg().Path()] = true
	}
	v.report(pos, s.Rule, s.Fix, "%s %s, which %s", verb, gotypes.NameIn(nil, obj), s.Why)
}
