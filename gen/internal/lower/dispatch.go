package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/check"
)

// This file lowers calls of interface methods. What stands behind an interface may have a twin M__pawl for its M, or
// not; a dispatcher makes of both something that has one. It is the receiver of what is otherwise an ordinary twin:
//
//	store.Save(order)  ─▶  dispatchSave_1x1__pawl(store).Save__pawl(_run, order)
//
// So receiver and arguments are evaluated where they stand, a nil interface panics when the method is called or taken,
// and a deferred method is the deferred function itself, which may recover.

// Dispatcher is a generic function that gives what stands behind an interface as something with a twin of one of the
// interface's methods. A package's stubs declare those that its lowered files need.
type Dispatcher struct {
	Method   string
	In, Out  int
	Variadic bool
	Express  bool // makes a function of a method expression instead
}

// Name is the dispatcher's name: dispatchSave_1x1__pawl is for methods Save of one parameter with one result.
func (d Dispatcher) Name() string {
	if d.Express {
		return d.name("express")
	}
	return d.name("dispatch")
}

func (d Dispatcher) name(verb string) string {
	return verb + d.Method + "_" + d.shape().arity() + check.Suffix
}

// shape is a binder that spells the same parameters and results.
func (d Dispatcher) shape() Binder { return Binder{In: d.In, Out: d.Out, Variadic: d.Variadic} }

// Doc says what the dispatcher does, behind its name.
func (d Dispatcher) Doc() string {
	if d.Express {
		return fmt.Sprintf("is the method expression S.%s, which brings the run with it.", d.Method)
	}
	return fmt.Sprintf("is s with the twin of its %s, or, if it has none, with one that calls %[1]s.", d.Method)
}

// Decl is the dispatcher's declaration, with the name that the file imports package abi by.
func (d Dispatcher) Decl(abi string) string {
	text := dispatcher
	if d.Express {
		text = expresser
	}
	b, run := d.shape(), "*"+abi+".Run"
	names := slices.Concat(b.list("A", b.In), b.list("R", b.Out))
	method := func(name string, params []string) string {
		return fmt.Sprintf("interface{ %s(%s)%s }", name, strings.Join(params, ", "), b.results())
	}
	call := func(of string) string {
		if b.Out > 0 {
			return "return " + of
		}
		return of
	}
	return strings.NewReplacer(
		"$name", d.Name(), "$plain", d.name("plain"),
		"$TYPES", strings.Join(append([]string{"S " + method(d.Method, b.params(""))}, constrained(names)...), ", "),
		"$[types]", bracket(constrained(names)), "$[args]", bracket(names),
		"$interface", method(d.Method, b.params("")), "$twinned", method(d.Method+check.Suffix, b.twin(run)),
		"$expression", "func("+strings.Join(slices.Insert(b.params(""), 0, "S"), ", ")+")"+b.results(),
		"$literal", "func("+strings.Join(slices.Insert(b.params("a"), 0, "s S"), ", ")+")"+b.results(),
		"$method", d.Method+check.Suffix+"("+strings.Join(slices.Insert(b.params("a"), 0, "_ "+run), ", ")+")"+b.results(),
		"$original", call("p.s."+d.Method+"("+strings.Join(b.args()[1:], ", ")+")"),
		"$twin", call(d.name("dispatch")+bracket(names)+"(s)."+d.Method+check.Suffix+"("+strings.Join(b.args(), ", ")+")"),
		"$run", run,
	).Replace(text)
}

const dispatcher = `func $name$[types](s $interface) $twinned {
	switch s := s.(type) {
	case nil:
		return nil
	case $twinned:
		return s
	}
	return $plain$[args]{s}
}

type $plain$[types] struct{ s $interface }

func (p $plain$[args]) $method { $original }
`

const expresser = `func $name[$TYPES](_run $run, _ $expression) $expression {
	return $literal { $twin }
}
`

// constrained gives the last of some type parameters their constraint.
func constrained(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return append(names[:len(names)-1:len(names)-1], names[len(names)-1]+" any")
}

func bracket(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// dispatch lowers the mention of an interface's method behind which something may need the run.
func (l *lowerer) dispatch(r reference) {
	sel := ast.Unparen(r.expr).(*ast.SelectorExpr)
	switch expression := l.isExpression(r.expr); {
	case expression && r.call != nil && !l.spreads(r.call):
		l.expressed(sel, r)
		return
	case expression:
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, ", l.dispatcher(r.fn, true), l.names.run))
		l.edits.after(r.expr.End(), ")")
		return
	}
	l.twin(r)
	l.edits.before(sel.X.Pos(), l.dispatcher(r.fn, false)+"(")
	l.edits.after(sel.X.End(), l.path(sel)+")")
}

// expressed lowers the call of a method expression as that of a method, so that a deferred one may recover: T.M(s, a)
// is T(s).M(a).
func (l *lowerer) expressed(sel *ast.SelectorExpr, r reference) {
	l.edits.before(r.call.Pos(), l.dispatcher(r.fn, false)+"(")
	l.edits.replace(sel.X.End(), r.call.Lparen+1, "(")
	l.edits.after(r.call.Args[0].End(), "))."+sel.Sel.Name+check.Suffix+"("+l.names.run)
}

// dispatcher is the name of the dispatcher for a method, which the package's stubs will declare.
func (l *lowerer) dispatcher(fn *types.Func, express bool) string {
	sig := fn.Signature()
	d := Dispatcher{Method: fn.Name(), In: sig.Params().Len(), Out: sig.Results().Len(), Variadic: sig.Variadic()}
	name := need(l.dispatchers, d)
	if express { // which calls the other
		d.Express = true
		name = need(l.dispatchers, d)
	}
	return name
}
