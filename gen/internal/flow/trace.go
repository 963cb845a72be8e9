// This file follows a value back to the types that were put into an interface.

package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// TypesAt returns the types that were put into the interfaces that a place holds. The order is not specified, and types
// may occur more than once.
func (v *Values) TypesAt(p Place) []types.Type { return v.trace(func(t *tracer) { t.place(p) }) }

// trace returns the types that a tracer finds. The function start says where it starts.
func (v *Values) trace(start func(*tracer)) []types.Type {
	t := &tracer{values: v, seen: map[wantedValue]bool{}, read: map[wantedPlace]bool{}}
	start(t)
	return t.found
}

// tracer finds the types that were put into interfaces.
type tracer struct {
	values *Values
	want   *types.Interface // that a value on the way has; nil if any type is possible
	seen   map[wantedValue]bool
	read   map[wantedPlace]bool
	found  []types.Type
}

// wantedValue is a value that was followed for types that implement an interface.
type wantedValue struct {
	value ssa.Value
	want  *types.Interface
}

// wantedPlace is a place that was followed likewise.
type wantedPlace struct {
	place Place
	want  *types.Interface
}

// find adds a type, unless no value of it can have come this way. What an interface type stands for is not known.
func (t *tracer) find(found types.Type) {
	if t.want == nil || types.IsInterface(found) || types.Implements(found, t.want) {
		t.found = append(t.found, found)
	}
}

// narrow makes the tracer look for types that implement the interface that a value has.
func (t *tracer) narrow(typ types.Type) {
	iface, ok := typ.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 || !iface.IsMethodSet() || gotypes.ParametricMethods(iface) {
		return
	}
	if t.want == nil || types.Implements(iface, t.want) {
		t.want = iface
	}
}

// value follows a value to where it was put into an interface.
func (t *tracer) value(val ssa.Value) {
	if val == nil {
		return
	}
	before := t.want
	defer func() { t.want = before }()
	t.narrow(val.Type())
	if t.seen[wantedValue{val, t.want}] {
		return
	}
	t.seen[wantedValue{val, t.want}] = true
	switch x := val.(type) {
	case *ssa.MakeInterface:
		t.find(x.X.Type())
		if gotypes.IsReflectValue(x.X.Type()) {
			t.want = nil
			t.value(x.X)
		}
	case *ssa.ChangeInterface:
		t.value(x.X)
	case *ssa.ChangeType:
		t.value(x.X)
	case *ssa.MultiConvert:
		t.value(x.X)
	case *ssa.TypeAssert:
		t.value(x.X)
	case *ssa.Phi:
		t.all(x.Edges)
	case *ssa.FreeVar:
		t.all(t.values.captured[x])
	case *ssa.Parameter:
		t.all(t.values.passed(x))
	case *ssa.Call:
		t.result(x, 0)
	case *ssa.Extract:
		t.part(x)
	case *ssa.UnOp:
		t.loaded(x)
	case *ssa.Lookup:
		t.place(Value(x.X.Type()))
	case *ssa.Index:
		t.place(Element(x.Type()))
	case *ssa.Field:
		t.place(Field(x.X.Type(), x.Field))
	}
}

func (t *tracer) all(vals []ssa.Value) {
	for _, val := range vals {
		t.value(val)
	}
}

// place follows everything that is stored in a place.
func (t *tracer) place(p Place) {
	if t.read[wantedPlace{p, t.want}] {
		return
	}
	t.read[wantedPlace{p, t.want}] = true
	t.all(t.values.stored[p])
	if q, ok := p.throughPointers(); ok {
		t.place(q)
	}
}

// loaded follows what is at an address, or is received from a channel.
func (t *tracer) loaded(x *ssa.UnOp) {
	switch x.Op {
	case token.ARROW:
		t.place(place(message, elem(x.X.Type())))
	case token.MUL:
		if at, ok := x.X.(*ssa.IndexAddr); ok {
			t.elements(at.X)
		}
		for _, p := range t.values.captured.places(x.X) {
			t.place(p)
		}
		t.place(Pointee(x.Type()))
		if f, ok := x.X.(*ssa.FieldAddr); ok {
			if n := gotypes.Origin(f.X.Type()); n != nil && n.Obj().Pkg() != nil && stdlib.Package(n.Obj().Pkg().Path()).Retains {
				t.place(retainedBy(n.Obj().Pkg().Path()))
			}
		}
	}
}

// part follows one of several values that an instruction yields.
func (t *tracer) part(x *ssa.Extract) {
	switch tuple := x.Tuple.(type) {
	case *ssa.Call:
		t.result(tuple, x.Index)
	case *ssa.TypeAssert, *ssa.Lookup, *ssa.UnOp:
		t.value(tuple)
	case *ssa.Next:
		if r, ok := tuple.Iter.(*ssa.Range); ok && !tuple.IsString {
			t.place(place([]kind{"", mapKey, mapValue}[x.Index], r.X.Type()))
		}
	case *ssa.Select:
		t.place(place(message, x.Type()))
	}
}

// result follows the i-th result of a call into the functions that it may run.
func (t *tracer) result(call *ssa.Call, i int) {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		if b.Name() == "recover" {
			t.place(Place{kind: panicked})
		}
		return
	}
	callee := call.Call.StaticCallee()
	switch path := calledPackage(call.Common()); {
	case callee != nil && callee.Object() != nil && stdlib.Of(callee.Object()).ReturnsPart:
		t.value(call.Call.Args[0])
	case stdlib.Package(path).Retains:
		t.place(retainedBy(path))
	}
	if callee != nil && !hasBody(callee) && isErrorAt(callee.Signature.Results(), i) {
		t.find(callee.Signature.Results().At(i).Type())
	}
	for _, fn := range t.values.program.callees(call) {
		t.returned(fn, i)
	}
}

// isErrorAt reports whether the i-th result is an error.
func isErrorAt(results *types.Tuple, i int) bool {
	return i < results.Len() && gotypes.IsError(results.At(i).Type())
}

// returned follows the i-th result of a function.
func (t *tracer) returned(fn *ssa.Function, i int) {
	for _, b := range fn.Blocks {
		if r, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && i < len(r.Results) {
			t.value(r.Results[i])
		}
	}
}

// elements follows the elements of a list.
func (t *tracer) elements(list ssa.Value) {
	if t.seen[wantedValue{list, t.want}] {
		return
	}
	t.seen[wantedValue{list, t.want}] = true
	switch x := list.(type) {
	case *ssa.Const:
		return
	case *ssa.Slice:
		if array, ok := x.X.(*ssa.Alloc); ok && (array.Comment == varargs || onlyPassed(x)) {
			for _, arg := range arguments(array) {
				t.value(arg)
			}
			return
		}
	case *ssa.Parameter:
		for _, arg := range t.values.passed(x) {
			t.elements(arg)
		}
		if onlyPassed(x) {
			return
		}
	}
	t.place(Element(elem(list.Type())))
}
