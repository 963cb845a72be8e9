package lower

import (
	"cmp"
	"go/ast"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// This file puts the run's own clock, chance, log and locks in the place of the process's.

// std lowers a function or a method of the standard library, or of a module that the run has its own of.
func (l *lowerer) std(r reference) {
	twin := l.twinOf(r.fn)
	switch {
	case twin.recv != nil:
		l.stdMethod(r, l.names.abi+"."+twin.name, twin.recv)
	case twin.owner != "":
		l.requalify(r, l.names.abi+"."+twin.owner+"("+l.names.run+")", r.fn.Name())
	case twin.bare:
		l.requalify(r, l.names.abi, twin.name)
	default:
		if r.call != nil && !l.spreads(r.call) {
			l.passRun(r.call)
		} else {
			l.bind(r, ir.Plain)
			l.instantiate(r)
		}
		l.requalify(r, l.names.abi, twin.name)
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

// stdTwin is what package abi has in the place of a function or method.
type stdTwin struct {
	name  string       // of a function that takes the run first
	bare  bool         // it takes no run
	recv  *types.Named // it takes the receiver of a method of this type behind the run
	owner string       // instead of a name: the function of abi that gives the value whose method it is
}

func (l *lowerer) twinOf(fn *types.Func) stdTwin {
	pkg, name := fn.Pkg().Path(), fn.Name()
	if recv := fn.Signature().Recv(); recv != nil {
		return methodTwin(fn, recv.Type())
	}
	switch pkg {
	case "log":
		return loggerTwin("Log", name)
	case "log/slog":
		return loggerTwin("Slog", name)
	case "math/rand":
		return stdTwin{owner: "Rand"}
	case "math/rand/v2":
		if name != "N" {
			return stdTwin{owner: "RandV2"}
		}
	case "maps":
		return stdTwin{name: "Map" + name, bare: true}
	}
	if importpath.IsStd(pkg) || pkg == importpath.Pawl {
		return stdTwin{name: cmp.Or(renamed[pkg+"."+name], name)}
	}
	return stdTwin{name: l.moduleTwin(fn)}
}

// renamed are the functions whose twins have other names.
var renamed = map[string]string{
	"context.AfterFunc": "ContextAfterFunc",
	"math/rand/v2.N":    "RandN",
	"sync.Map.Range":    "SyncMapRange",
	"time.Parse":        "ParseTime",
}

func loggerTwin(logger, name string) stdTwin {
	if name == "Default" {
		return stdTwin{name: logger}
	}
	return stdTwin{owner: logger}
}

// methodTwin is the twin of a method, which has its type's name in front.
func methodTwin(fn *types.Func, recv types.Type) stdTwin {
	if p, ok := recv.(*types.Pointer); ok {
		recv = p.Elem()
	}
	typ := recv.(*types.Named)
	name := typ.Obj().Name() + fn.Name()
	return stdTwin{name: cmp.Or(renamed[fn.Pkg().Path()+"."+typ.Obj().Name()+"."+fn.Name()], name), recv: typ}
}

// stdMethod lowers a method. As values, the twin of a module's, which is generic, is instantiated, and an interface's gets
// a receiver of just that interface.
func (l *lowerer) stdMethod(r reference, twin string, recv *types.Named) {
	conversion := ""
	switch {
	case r.call != nil:
	case types.IsInterface(recv):
		conversion = l.typeString(recv)
	case !importpath.IsStd(recv.Obj().Pkg().Path()):
		twin += "[" + l.typeString(recv) + "]"
	}
	l.onReceiver(r, twin, conversion)
}

// moduleTwin is the twin of a function of errgroup, or of one that draws an id. Package abi does not know their types,
// and takes them as arguments.
func (l *lowerer) moduleTwin(fn *types.Func) string {
	results := fn.Signature().Results()
	result := results.At(0).Type()
	switch name := fn.Name(); {
	case name == "WithContext":
		return "GroupWithContext[" + l.typeString(result.(*types.Pointer).Elem()) + "]"
	case name == "NewString":
		return "UUIDString"
	default:
		version := "UUID4"
		if strings.HasSuffix(name, "V7") {
			version = "UUID7"
		}
		if results.Len() > 1 {
			version += "Err"
		}
		return version + "[" + l.typeString(result) + "]"
	}
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
