// The work on one file, and what all kinds of edits need: questions about the syntax, and the names of generated helpers.

package lower

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// lowerer is the work on one file.
type lowerer struct {
	prog        *gosrc.Program
	pkg         *gosrc.Package
	file        *gosrc.File
	info        *types.Info
	res         *check.Result
	recovering  recovering
	edits       edits
	names       names
	imports     fileImports
	binders     map[string]ir.Binder
	dispatchers map[string]ir.Dispatcher
	arms        map[ast.Node]bool // sends and receives that are cases of a select
	stack       []ast.Node
}

// comma separates an inserted argument or parameter from the next one, which may be on another line.
func (l *lowerer) comma(pos token.Pos) string {
	if l.file.Source[l.edits.offset(pos)] == '\n' {
		return ","
	}
	return ", "
}

// typeString spells a type with the imports of the file.
func (l *lowerer) typeString(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		return strings.TrimSuffix(l.imports.qualifier(p), ".")
	})
}

// qualified reports whether the identifier on top of the stack is the right side of a selector.
func (l *lowerer) qualified(id *ast.Ident) bool {
	sel, ok := l.stack[len(l.stack)-2].(*ast.SelectorExpr)
	return ok && sel.Sel == id
}

// spreads reports whether the arguments of a call are the results of another call. Then it cannot have further arguments.
func (l *lowerer) spreads(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	_, tuple := l.info.TypeOf(call.Args[0]).(*types.Tuple)
	return tuple
}

// started reports whether a call is the one of a go statement.
func (l *lowerer) started(call *ast.CallExpr) bool {
	for i, n := range l.stack {
		if n == ast.Node(call) {
			_, ok := l.stack[i-1].(*ast.GoStmt)
			return ok
		}
	}
	return false
}

// deferred reports whether a call is the one of a defer statement.
func (l *lowerer) deferred(call *ast.CallExpr) bool {
	i := slices.Index(l.stack, ast.Node(call))
	if i < 1 {
		return false
	}
	_, ok := l.stack[i-1].(*ast.DeferStmt)
	return ok
}

// passRun makes the run the first argument of a call.
func (l *lowerer) passRun(call *ast.CallExpr) {
	run := l.names.run
	if len(call.Args) > 0 {
		run += l.comma(call.Lparen + 1)
	}
	l.edits.after(call.Lparen+1, run)
}

// binder is the name of the binder for a function value of the given type, which the package's generated file declares.
func (l *lowerer) binder(form ir.Form, sig *types.Signature) string {
	return l.declare(ir.Binder{Shape: shape(sig), Form: form})
}

func (l *lowerer) declare(b ir.Binder) string {
	l.binders[b.Name()] = b
	return b.Name()
}

// dispatcher is the name of the dispatcher for a method, which the package's generated file declares.
func (l *lowerer) dispatcher(fn *types.Func, expression bool) string {
	d := ir.Dispatcher{Shape: shape(fn.Signature()), Method: fn.Name(), Expression: expression, Recovers: expression && l.recovering.has(fn)}
	l.dispatchers[d.Value().Name()] = d.Value() // which one of expressions calls
	l.dispatchers[d.Name()] = d
	return d.Name()
}

func shape(sig *types.Signature) ir.Shape {
	return ir.Shape{In: sig.Params().Len(), Out: sig.Results().Len(), Variadic: sig.Variadic()}
}

func bracket(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func byName[H interface{ Name() string }](all map[string]H) []H {
	return slices.SortedFunc(maps.Values(all), func(a, b H) int { return cmp.Compare(a.Name(), b.Name()) })
}
