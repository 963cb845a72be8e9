// This file decides how each name in a function is lowered, and which imports the copy needs.

package lower

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// identifier lowers what a name refers to, and keeps the import that it needs.
func (l *lowerer) identifier(id *ast.Ident) {
	switch obj := l.info.Uses[id].(type) {
	case *types.Builtin:
		l.builtin(id, obj)
	case *types.PkgName:
		l.edits.whenWritten(id.Pos(), func() { l.imports.keepName(obj) })
	case *types.Func:
		l.mention(id, obj.Origin())
	default:
		if obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			l.unqualified(id, obj)
		}
	}
}

// unqualified keeps the dot import that a bare name comes from.
func (l *lowerer) unqualified(id *ast.Ident, obj types.Object) {
	if obj.Pkg() != l.pkg.Types && !l.qualified(id) {
		l.edits.whenWritten(id.Pos(), func() { l.imports.keepDot(obj.Pkg()) })
	}
}

func (l *lowerer) builtin(id *ast.Ident, obj *types.Builtin) {
	target, ok := builtins[obj.Name()]
	if !ok {
		return
	}
	_, call := gotypes.Reference(l.stack)
	if obj.Name() == "len" {
		if !check.MayBeSignal(l.info.TypeOf(call.Args[0])) {
			return
		}
		target += l.element(call.Args[0])
	}
	switch {
	case l.started(call):
	case l.spreads(call):
		l.edits.replace(id.Pos(), id.End(), l.printer(target))
	default:
		l.edits.replace(id.Pos(), id.End(), l.names.abi+"."+target)
		l.passRun(call)
	}
}

// mention lowers the use of a function or method. The function that a go statement calls is used as a value.
func (l *lowerer) mention(id *ast.Ident, fn *types.Func) {
	expr, call := gotypes.Reference(l.stack)
	started := l.started(call)
	if started {
		call = nil
	}
	r := reference{id, expr, call, fn}
	a := l.prog.Annotation(fn)
	operation := a != nil && a.Kind != annotations.Workflow
	switch {
	case a != nil && a.Kind == annotations.Workflow && check.Continues(l.prog, l.file, l.stack, r.call):
		l.useCopy(r, check.ContinueSuffix)
	case a != nil && a.Kind == annotations.Workflow:
		l.useCopy(r, check.ChildSuffix)
	case operation && a.Iface != nil:
		l.onInterface(r, a.Iface)
	case l.res.Dispatched[id]:
		l.dispatch(r)
	case operation || l.res.Lowered[fn]:
		l.useCopy(r, check.Suffix)
	case stdlib.IsDurable(fn) && !check.OrderLost(l.info, l.stack):
		l.std(r)
	case check.DecodesTimes(l.info, l.stack):
		l.decoder(r)
	case started:
		l.instantiate(r)
	}
	if fn.Signature().Recv() == nil {
		l.unqualified(id, fn)
	}
}

// onInterface lowers an annotated method of an interface. The run's counterpart is a function that takes the interface.
func (l *lowerer) onInterface(r reference, iface *types.Named) {
	pkg := l.imports.qualifier(iface.Obj().Pkg())
	name := iface.Obj().Name()
	conversion := pkg + name // where inference would see its static type
	if r.call != nil && !l.spreads(r.call) {
		conversion = ""
	}
	l.onReceiver(r, pkg+name+"_"+r.fn.Name()+check.Suffix, conversion)
}
