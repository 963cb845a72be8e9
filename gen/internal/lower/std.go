// This file replaces the clock, randomness, log and locks of the process by those of the run.

package lower

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// std lowers a function or a method of the standard library, or of a module that the run has its own of.
func (l *lowerer) std(r reference) {
	c := stdlib.Of(r.fn).Counterpart
	switch {
	case r.fn.Signature().Recv() != nil:
		l.stdMethod(r, l.names.abi+"."+c.Name, gotypes.Receiver(r.fn))
	case c.Owner != "":
		l.requalify(r, l.names.abi+"."+c.Owner+"("+l.names.run+")", r.fn.Name())
	case c.WithoutRun:
		l.requalify(r, l.names.abi, c.Name)
	default:
		if r.call != nil && !l.spreads(r.call) {
			l.passRun(r.call)
		} else {
			l.bind(r, ir.Plain)
			l.instantiate(r)
		}
		l.requalify(r, l.names.abi, l.counterpart(r.fn, c))
	}
}

// decoder has what a decoder fills looked through for times in the zone of the host.
func (l *lowerer) decoder(r reference) {
	around := "Decode"
	if r.fn.Signature().Recv() == nil {
		around = "Unmarshal"
	}
	l.edits.before(r.expr.Pos(), l.names.abi+"."+around+"(")
	l.edits.after(r.expr.End(), ")")
}

// stdMethod lowers a method. If it is used as a value, the counterpart of a module's method, which is generic, is instantiated, and
// that of sync.Locker's method gets a receiver of exactly that interface. As in Go, the receiver must not be nil when the value
// is taken, or when the method is deferred.
func (l *lowerer) stdMethod(r reference, target string, recv *types.Named) {
	conversion := ""
	switch {
	case types.IsInterface(recv) && (r.call == nil || l.deferred(r.call)):
		conversion = l.names.abi + ".NotNil"
	case r.call != nil:
	case !importpath.IsStd(recv.Obj().Pkg().Path()):
		target += "[" + l.typeString(recv) + "]"
	}
	l.onReceiver(r, target, conversion)
}

// counterpart is the name of the counterpart of a function. Package abi does not know the types of errgroup, and of
// packages that make ids, and takes them as type arguments.
func (l *lowerer) counterpart(fn *types.Func, c stdlib.Counterpart) string {
	if !c.Generic {
		return c.Name
	}
	name, results := c.Name, fn.Signature().Results()
	result := results.At(0).Type()
	if p, ok := result.(*types.Pointer); ok {
		return name + "[" + l.typeString(p.Elem()) + "]"
	}
	if results.Len() > 1 {
		name += "Err"
	}
	return name + "[" + l.typeString(result) + "]"
}

// requalify changes the qualifier and the name of a function, and leaves what stands between them.
func (l *lowerer) requalify(r reference, qualifier, name string) {
	if sel, ok := l.stack[len(l.stack)-2].(*ast.SelectorExpr); ok && sel.Sel == r.id {
		l.edits.replace(sel.X.Pos(), sel.X.End(), qualifier)
		if name != r.id.Name {
			l.edits.replace(r.id.Pos(), r.id.End(), name)
		}
		return
	}
	l.edits.replace(r.id.Pos(), r.id.End(), qualifier+"."+name) // imported with a dot
}
