// Helpers: the generic functions that lowered files call.

package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

func (w *writer) helpers() {
	for _, b := range w.pkg.Binders {
		w.file.Add(w.binder(b))
	}
	for _, d := range w.pkg.Dispatchers {
		if d.Expression {
			w.file.Add(w.expressionDispatcher(d))
		} else {
			w.file.Add(dispatcher(d))
			w.file.Add(plainType(d))
		}
	}
}

// binder writes
//
//	// bind2x1__pawl binds f to the run. The result has the type of the author's function.
//	func bind2x1__pawl[A1, A2, R1 any](_run *abi.Run, f func(*abi.Run, A1, A2) R1) func(A1, A2) R1 {
//		return func(a1 A1, a2 A2) R1 { return f(_run, a1, a2) }
//	}
//
// If what is bound may recover, so can the result: see body.
func (w *writer) binder(b ir.Binder) jen.Code {
	if b.Form == ir.Late {
		return lateBinder(b)
	}
	s := shape(b.Shape)
	generic, params := s.types(), []jen.Code{jen.Id(w.names.run).Add(run())}
	lowered, args := append([]jen.Code{run()}, s.in()...), append([]jen.Code{jen.Id(w.names.run)}, s.args()...)
	switch b.Form {
	case ir.Expression:
		lowered, args = slices.Insert(s.in(), 1, run()), slices.Insert(s.args(), 1, jen.Code(jen.Id(w.names.run)))
	case ir.OnValue:
		generic, params = append([]jen.Code{jen.Id("S")}, generic...), append(params, jen.Id("s").Id("S"))
		lowered, args = slices.Insert(lowered, 1, jen.Code(jen.Id("S"))), slices.Insert(args, 1, jen.Code(jen.Id("s")))
	}
	params = append(params, jen.Id("f").Func().Params(lowered...).Add(s.results()))
	return jen.Commentf("%s binds f to the run. The result has the type of the author's function.", b.Name()).Line().
		Func().Id(b.Name()).Add(constrained(generic)).Params(params...).Func().Params(s.in()...).Add(s.results()).Block(
		jen.Return(jen.Func().Params(s.params()...).Add(s.results()).Add(s.body(b.Recovers, jen.Id("f"), args))),
	)
}

// lateBinder writes
//
//	// late1x0__pawl returns a function that takes the arguments of f now, and calls f later.
//	func late1x0__pawl[A1 any](f func(A1)) func(A1) func() {
//		return func(a1 A1) func() { return func() { f(a1) } }
//	}
func lateBinder(b ir.Binder) jen.Code {
	s := shape(b.Shape)
	call := jen.Func().Params().Add(oneLine(jen.Id("f").Call(s.args()...)))
	return jen.Commentf("%s returns a function that takes the arguments of f now, and calls f later.", b.Name()).Line().
		Func().Id(b.Name()).Add(constrained(s.types())).Params(jen.Id("f").Func().Params(s.in()...).Add(s.results())).
		Func().Params(s.in()...).Func().Params().Block(
		jen.Return(jen.Func().Params(s.params()...).Func().Params().Add(oneLine(jen.Return(call)))),
	)
}

// dispatcher writes
//
//	// dispatchSave_1x1__pawl returns s if it has Save__pawl, or else a value whose Save__pawl calls s.Save.
//	func dispatchSave_1x1__pawl[A1, R1 any](s interface{ Save(A1) R1 }) interface{ Save__pawl(*abi.Run, A1) R1 } {
//		switch s := s.(type) {
//		case nil:
//			return nil
//		case interface{ Save__pawl(*abi.Run, A1) R1 }:
//			return s
//		}
//		return plainSave_1x1__pawl[A1, R1]{s}
//	}
func dispatcher(d ir.Dispatcher) jen.Code {
	s := shape(d.Shape)
	lowered := interfaceOf(d.Method+ir.Suffix, append([]jen.Code{run()}, s.in()...), s)
	return jen.Commentf("%[1]s returns s if it has %[2]s%[3]s, or else a value whose %[2]s%[3]s calls s.%[2]s.", d.Name(), d.Method, ir.Suffix).Line().
		Func().Id(d.Name()).Add(constrained(s.types())).Params(jen.Id("s").Add(interfaceOf(d.Method, s.in(), s))).Add(lowered).Block(
		jen.Switch(jen.Id("s").Op(":=").Id("s").Assert(jen.Type())).Block(
			jen.Case(predeclared("nil")).Block(jen.Return(predeclared("nil"))),
			jen.Case(lowered).Block(jen.Return(jen.Id("s"))),
		),
		jen.Return(jen.Id(d.Plain()).Add(instantiated(s.types())).Values(jen.Id("s"))),
	)
}

// plainType writes
//
//	type plainSave_1x1__pawl[A1, R1 any] struct{ s interface{ Save(A1) R1 } }
//
//	func (p plainSave_1x1__pawl[A1, R1]) Save__pawl(_ *abi.Run, a1 A1) R1 { return p.s.Save(a1) }
func plainType(d ir.Dispatcher) jen.Code {
	s := shape(d.Shape)
	return jen.Type().Id(d.Plain()).Add(constrained(s.types())).Op("struct").Add(oneLine(jen.Id("s").Add(interfaceOf(d.Method, s.in(), s)))).
		Line().Line().
		Func().Params(jen.Id("p").Id(d.Plain()).Add(instantiated(s.types()))).Id(d.Method + ir.Suffix).
		Params(append([]jen.Code{jen.Id("_").Add(run())}, s.params()...)...).Add(s.results()).
		Add(oneLine(s.call(jen.Id("p").Dot("s").Dot(d.Method), s.args())))
}

// expressionDispatcher writes
//
//	// expressSave_1x1__pawl binds the method expression S.Save to the run.
//	func expressSave_1x1__pawl[S interface{ Save(A1) R1 }, A1, R1 any](_run *abi.Run, _ func(S, A1) R1) func(S, A1) R1 {
//		return func(s S, a1 A1) R1 { return dispatchSave_1x1__pawl[A1, R1](s).Save__pawl(_run, a1) }
//	}
func (w *writer) expressionDispatcher(d ir.Dispatcher) jen.Code {
	s := shape(d.Shape)
	types := []jen.Code{jen.Id("S").Add(interfaceOf(d.Method, s.in(), s))}
	if len(s.types()) > 0 {
		types = append(types, jen.List(s.types()...).Add(predeclared("any")))
	}
	expression := jen.Func().Params(slices.Insert(s.in(), 0, jen.Code(jen.Id("S")))...).Add(s.results())
	lowered := jen.Id(d.Value().Name()).Add(instantiated(s.types())).Call(jen.Id("s")).Dot(d.Method + ir.Suffix)
	return jen.Commentf("%s binds the method expression S.%s to the run.", d.Name(), d.Method).Line().
		Func().Id(d.Name()).Types(types...).Params(jen.Id(w.names.run).Add(run()), jen.Id("_").Add(expression)).Add(expression).Block(
		jen.Return(jen.Func().Params(slices.Insert(s.params(), 0, jen.Code(jen.Id("s").Id("S")))...).Add(s.results()).
			Add(s.body(d.Recovers, lowered, slices.Insert(s.args(), 0, jen.Code(jen.Id(w.names.run)))))),
	)
}

// shape spells the parameters A1, A2, … and the results R1, R2, … of a generic function.
type shape ir.Shape

// types are the type parameters: A1, A2, R1.
func (s shape) types() (types []jen.Code) {
	for i := range s.In {
		types = append(types, jen.Id(fmt.Sprint("A", i+1)))
	}
	for i := range s.Out {
		types = append(types, jen.Id(fmt.Sprint("R", i+1)))
	}
	return types
}

// in are the types of the parameters: A1, ...A2.
func (s shape) in() (types []jen.Code) {
	for i := range s.In {
		types = append(types, s.parameter(jen.Empty(), i))
	}
	return types
}

// params are the parameters with names: a1 A1, a2 ...A2.
func (s shape) params() (params []jen.Code) {
	for i := range s.In {
		params = append(params, s.parameter(jen.Id(fmt.Sprint("a", i+1)), i))
	}
	return params
}

func (s shape) parameter(name *jen.Statement, i int) jen.Code {
	if s.Variadic && i == s.In-1 {
		name = name.Op("...")
	}
	return name.Id(fmt.Sprint("A", i+1))
}

// args are the arguments: a1, a2....
func (s shape) args() (args []jen.Code) {
	for i := range s.In {
		arg := jen.Id(fmt.Sprint("a", i+1))
		if s.Variadic && i == s.In-1 {
			arg = arg.Op("...")
		}
		args = append(args, arg)
	}
	return args
}

// results are written after the parameters: nothing, R1, or (R1, R2).
func (s shape) results() jen.Code {
	types := s.types()[s.In:]
	if len(types) == 1 {
		return types[0]
	}
	if len(types) == 0 {
		return jen.Empty()
	}
	return jen.Params(types...)
}

// call calls f, and returns what it returns.
func (s shape) call(f *jen.Statement, args []jen.Code) jen.Code {
	if s.Out > 0 {
		return jen.Return(f.Call(args...))
	}
	return f.Call(args...)
}

// body is that of a function that calls f and returns what it returns. If f recovers, which only a deferred function can,
// and the function is deferred itself, it recovers in place of f, defers f, and panics again:
//
//	if r := recover(); r != nil {
//		defer f(a1)
//		panic(r)
//	}
//	return f(a1)
func (s shape) body(recovers bool, f jen.Code, args []jen.Code) jen.Code {
	if !recovers {
		return oneLine(s.call(jen.Add(f), args))
	}
	return jen.Block(
		jen.If(jen.Id("r").Op(":=").Recover(), jen.Id("r").Op("!=").Add(predeclared("nil"))).Block(
			jen.Defer().Add(f).Call(args...),
			jen.Panic(jen.Id("r")),
		),
		s.call(jen.Add(f), args),
	)
}

// run is the type of the run.
func run() jen.Code { return jen.Op("*").Add(abi("Run")) }

// constrained writes type parameters: [A1, R1 any], or nothing if there are none.
func constrained(types []jen.Code) jen.Code {
	if len(types) == 0 {
		return jen.Empty()
	}
	return jen.Types(jen.List(types...).Add(predeclared("any")))
}

// instantiated writes type arguments: [A1, R1], or nothing if there are none.
func instantiated(types []jen.Code) jen.Code {
	if len(types) == 0 {
		return jen.Empty()
	}
	return jen.Types(types...)
}

// interfaceOf writes an interface with one method.
func interfaceOf(method string, params []jen.Code, s shape) jen.Code {
	return jen.Op("interface").Add(oneLine(jen.Id(method).Params(params...).Add(s.results())))
}

// oneLine writes { x }.
func oneLine(x jen.Code) jen.Code { return jen.Custom(jen.Options{Open: "{", Close: "}"}, x) }
