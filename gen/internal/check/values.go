package check

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/ssa"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file follows values backwards, from an interface to the types that were put into it, through the bodies that a
// workflow reaches. Variables, parameters and results are told apart; what is stored in memory is found by the type of
// the place: a field of such a struct, an element of such a list. What no body in reach puts there is not found: values
// that the engine or a decoder makes are made of data, and hold no addresses.

// values is where the values of one workflow's reach come from.
type values struct {
	graph  *callgraph.Graph
	within map[*ssa.Function]bool
	stored map[place][]ssa.Value
	sites  map[token.Pos][]ssa.CallInstruction // by the parenthesis; a generic body has one for each instance
	bound  map[ssa.Value][]ssa.Value           // what closures bind to a variable from outside of them
}

// place is a kind of memory, or one variable.
type place struct {
	kind string
	typ  string
	at   int
	v    ssa.Value
}

// The kinds of places.
const (
	oneVar   = "variable"
	field    = "field"   // of structs
	element  = "element" // of lists and arrays
	mapKey   = "key"
	mapValue = "value"
	sent     = "sent"   // on a channel
	behind   = "behind" // a pointer, of which nothing else is known
	opaque   = "opaque" // in a container of the standard library
	panicked = "panicked"
)

// valuesOf follows the values of a reach, whether or not its calls are in doubt.
func (c *checker) valuesOf(r *reach) *values {
	if c.traced == nil {
		c.traced = c.flow
	}
	if c.traced == nil {
		c.traced = newFlow(c)
	}
	return newValues(c.traced, r)
}

// newValues looks at the bodies of all functions in reach.
func newValues(f *flow, r *reach) *values {
	v := &values{
		graph: f.graph, within: map[*ssa.Function]bool{}, stored: map[place][]ssa.Value{},
		sites: map[token.Pos][]ssa.CallInstruction{}, bound: map[ssa.Value][]ssa.Value{},
	}
	for _, n := range r.nodes {
		for _, fn := range f.bodiesOf(n) {
			v.within[fn] = true
		}
	}
	v.each((*values).binds)
	v.each((*values).stores)
	return v
}

func (v *values) each(do func(*values, ssa.Instruction)) {
	for fn := range v.within {
		for _, b := range fn.Blocks {
			for _, in := range b.Instrs {
				do(v, in)
			}
		}
	}
}

// binds enters what a closure binds, which says where it stores.
func (v *values) binds(in ssa.Instruction) {
	if c, ok := in.(*ssa.MakeClosure); ok {
		for i, free := range c.Fn.(*ssa.Function).FreeVars {
			v.bound[free] = append(v.bound[free], c.Bindings[i])
		}
	}
}

// stores enters what an instruction stores.
func (v *values) stores(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		for _, p := range v.places(in.Addr, map[ssa.Value]bool{}) {
			v.store(p, in.Val)
		}
	case *ssa.MapUpdate:
		m := in.Map.Type()
		v.store(of(mapKey, m), in.Key)
		v.store(of(mapValue, m), in.Value)
	case *ssa.Send:
		v.store(of(sent, elem(in.Chan.Type())), in.X)
	case *ssa.Select:
		for _, s := range in.States {
			if s.Send != nil {
				v.store(of(sent, elem(s.Chan.Type())), s.Send)
			}
		}
	case *ssa.Panic:
		v.store(place{kind: panicked}, in.X)
	case ssa.CallInstruction:
		v.calls(in)
	}
}

func (v *values) store(p place, val ssa.Value) { v.stored[p] = append(v.stored[p], val) }

// calls enters a call, and what it gives a container of the standard library to keep.
func (v *values) calls(in ssa.CallInstruction) {
	call := in.Common()
	v.sites[call.Pos()] = append(v.sites[call.Pos()], in)
	if pkg := calledPackage(call); stdlib.Package(pkg).Retains {
		for _, arg := range call.Args {
			v.store(place{kind: opaque, typ: pkg}, arg)
		}
	}
}

// calledPackage is the path of the package of a function that is called by name, or of an interface whose method is.
func calledPackage(call *ssa.CallCommon) string {
	var pkg *types.Package
	if call.IsInvoke() {
		pkg = call.Method.Pkg()
	} else if fn := call.StaticCallee(); fn != nil && fn.Object() != nil {
		pkg = fn.Object().Pkg()
	}
	if pkg == nil {
		return ""
	}
	return pkg.Path()
}

// places are those that an address may be of.
func (v *values) places(addr ssa.Value, seen map[ssa.Value]bool) (ps []place) {
	if seen[addr] {
		return nil
	}
	seen[addr] = true
	switch a := addr.(type) {
	case *ssa.Alloc, *ssa.Global:
		return []place{{kind: oneVar, v: a}}
	case *ssa.FieldAddr:
		return []place{fieldOf(elem(a.X.Type()), a.Field)}
	case *ssa.IndexAddr:
		if array, ok := a.X.(*ssa.Alloc); ok && array.Comment == "varargs" && handedOut(array) {
			return nil // spread finds it
		}
		if p, ok := a.X.(*ssa.Parameter); ok && onlyReads(p, map[ssa.Value]bool{}) {
			return nil // and this
		}
		return []place{of(element, elem(a.Type()))}
	case *ssa.Phi:
		for _, e := range a.Edges {
			ps = append(ps, v.places(e, seen)...)
		}
		return ps
	case *ssa.FreeVar:
		for _, b := range v.bound[a] {
			ps = append(ps, v.places(b, seen)...)
		}
		return ps
	}
	return []place{of(behind, elem(addr.Type()))}
}

// handedOut reports whether nothing happens to the list of a variadic call's arguments but that it is read.
func handedOut(array *ssa.Alloc) bool {
	for _, use := range *array.Referrers() {
		if s, ok := use.(*ssa.Slice); ok && !onlyReads(s, map[ssa.Value]bool{}) {
			return false
		}
	}
	return true
}

// onlyReads reports whether a list is read and passed on, and neither stored nor written, as far as bodies are there.
func onlyReads(list ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[list] {
		return true
	}
	seen[list] = true
	for _, use := range *list.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.IndexAddr:
			if slices.ContainsFunc(*use.Referrers(), func(in ssa.Instruction) bool { return !loads(in) }) {
				return false
			}
		case ssa.CallInstruction:
			if !passesOn(use.Common(), list, seen) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func loads(in ssa.Instruction) bool {
	op, ok := in.(*ssa.UnOp)
	return ok && op.Op == token.MUL
}

// passesOn reports whether a call only reads a list that it is given.
func passesOn(call *ssa.CallCommon, list ssa.Value, seen map[ssa.Value]bool) bool {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return b.Name() == "len" || b.Name() == "cap"
	}
	fn := call.StaticCallee()
	switch {
	case fn == nil:
		return false
	case !hasBody(fn):
		return true
	}
	for i, arg := range call.Args {
		if arg == list && !onlyReads(fn.Params[i], seen) {
			return false
		}
	}
	return true
}

func of(kind string, t types.Type) place {
	return place{kind: kind, typ: types.TypeString(types.Unalias(t), nil)}
}

// fieldOf is a field of all structs that can be converted into one another.
func fieldOf(t types.Type, i int) place {
	p := of(field, t.Underlying())
	p.at = i
	return p
}

// elem is the type of what a pointer points to, or of what a list, a map or a channel holds.
func elem(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case interface{ Elem() types.Type }:
		return u.Elem()
	}
	return t
}

// put are the types that were put into what a value is, or is made of, when follow says how to begin.
func (v *values) put(follow func(*tracer)) []types.Type {
	t := &tracer{values: v, seen: map[ssa.Value]bool{}, read: map[place]bool{}}
	follow(t)
	return t.types
}

// tracer finds the types that were put into one interface.
type tracer struct {
	*values
	seen  map[ssa.Value]bool
	read  map[place]bool
	types []types.Type
}

// trace follows a value to where it was put into an interface.
func (t *tracer) trace(val ssa.Value) {
	if val == nil || t.seen[val] {
		return
	}
	t.seen[val] = true
	switch x := val.(type) {
	case *ssa.MakeInterface:
		t.types = append(t.types, x.X.Type())
		if isReflected(x.X.Type()) {
			t.trace(x.X)
		}
	case *ssa.ChangeInterface:
		t.trace(x.X)
	case *ssa.ChangeType:
		t.trace(x.X)
	case *ssa.MultiConvert:
		t.trace(x.X)
	case *ssa.TypeAssert:
		t.trace(x.X)
	case *ssa.Phi:
		for _, e := range x.Edges {
			t.trace(e)
		}
	case *ssa.FreeVar:
		for _, b := range t.bound[x] {
			t.trace(b)
		}
	case *ssa.Parameter:
		t.parameter(x)
	case *ssa.Call:
		t.result(x, 0)
	case *ssa.Extract:
		t.part(x)
	case *ssa.UnOp:
		t.loaded(x)
	case *ssa.Lookup:
		t.at(of(mapValue, x.X.Type()))
	case *ssa.Index:
		t.at(of(element, x.Type()))
	case *ssa.Field:
		t.at(fieldOf(x.X.Type(), x.Field))
	}
}

// at goes on with all that is stored in a place.
func (t *tracer) at(p place) {
	if t.read[p] {
		return
	}
	t.read[p] = true
	for _, val := range t.stored[p] {
		t.trace(val)
	}
}

// loaded goes on with what is behind an address, or received from a channel.
func (t *tracer) loaded(x *ssa.UnOp) {
	switch x.Op {
	case token.ARROW:
		t.at(of(sent, elem(x.X.Type())))
	case token.MUL:
		if at, ok := x.X.(*ssa.IndexAddr); ok {
			t.spread(at.X)
		}
		for _, p := range t.places(x.X, map[ssa.Value]bool{}) {
			t.at(p)
		}
		t.at(of(behind, x.Type()))
		if f, ok := x.X.(*ssa.FieldAddr); ok {
			if n := gotypes.Origin(f.X.Type()); n != nil && n.Obj().Pkg() != nil && stdlib.Package(n.Obj().Pkg().Path()).Retains {
				t.at(place{kind: opaque, typ: n.Obj().Pkg().Path()})
			}
		}
	}
}

// part goes on with one of the values that an instruction gives together.
func (t *tracer) part(x *ssa.Extract) {
	switch tuple := x.Tuple.(type) {
	case *ssa.Call:
		t.result(tuple, x.Index)
	case *ssa.TypeAssert, *ssa.Lookup, *ssa.UnOp:
		t.trace(tuple)
	case *ssa.Next:
		if r, ok := tuple.Iter.(*ssa.Range); ok && !tuple.IsString {
			t.at(of([]string{"", mapKey, mapValue}[x.Index], r.X.Type()))
		}
	case *ssa.Select:
		t.at(of(sent, x.Type()))
	}
}

// parameter goes on with what calls in reach pass.
func (t *tracer) parameter(p *ssa.Parameter) {
	for _, arg := range t.passed(p) {
		t.trace(arg)
	}
}

// passed are the arguments that calls in reach pass for a parameter.
func (v *values) passed(p *ssa.Parameter) (args []ssa.Value) {
	node, i := v.graph.Nodes[p.Parent()], slices.Index(p.Parent().Params, p)
	if node == nil {
		return nil
	}
	for _, e := range node.In {
		if e.Site == nil || !v.within[e.Site.Parent()] {
			continue
		}
		call, j := e.Site.Common(), i
		if call.IsInvoke() {
			j-- // the receiver is no argument
		}
		if 0 <= j && j < len(call.Args) {
			args = append(args, call.Args[j])
		}
	}
	return args
}

// result goes on with what the functions return that a call may run.
func (t *tracer) result(call *ssa.Call, i int) {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		if b.Name() == "recover" {
			t.at(place{kind: panicked})
		}
		return
	}
	switch pkg := calledPackage(call.Common()); {
	case returnsPart(call.Call.StaticCallee()):
		t.trace(call.Call.Args[0])
	case stdlib.Package(pkg).Retains:
		t.at(place{kind: opaque, typ: pkg})
	}
	if fn := call.Call.StaticCallee(); fn != nil && !hasBody(fn) && isErrorAt(fn.Signature.Results(), i) {
		t.types = append(t.types, fn.Signature.Results().At(i).Type())
	}
	if node := t.graph.Nodes[call.Parent()]; node != nil {
		for _, e := range node.Out {
			if e.Site == ssa.CallInstruction(call) {
				t.returned(e.Callee.Func, i)
			}
		}
	}
}

// returnsPart reports whether a function returns what its first argument is, or a part of it.
func returnsPart(fn *ssa.Function) bool {
	return fn != nil && fn.Object() != nil && stdlib.Of(fn.Object()).ReturnsPart
}

// isErrorAt reports whether the i-th result is an error.
func isErrorAt(results *types.Tuple, i int) bool {
	return i < results.Len() && gotypes.IsError(results.At(i).Type())
}

func (t *tracer) returned(fn *ssa.Function, i int) {
	for _, b := range fn.Blocks {
		if r, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && i < len(r.Results) {
			t.trace(r.Results[i])
		}
	}
}

// spread goes on with the elements of a list.
func (t *tracer) spread(list ssa.Value) {
	if t.seen[list] {
		return
	}
	t.seen[list] = true
	switch x := list.(type) {
	case *ssa.Const:
		return
	case *ssa.Slice:
		if array, ok := x.X.(*ssa.Alloc); ok && array.Comment == "varargs" {
			for _, val := range arguments(array) {
				t.trace(val)
			}
			return
		}
	case *ssa.Parameter:
		for _, arg := range t.passed(x) {
			t.spread(arg)
		}
		if onlyReads(x, map[ssa.Value]bool{}) {
			return
		}
	}
	t.at(of(element, elem(list.Type())))
}

// arguments are those of a variadic call, by their index.
func arguments(array *ssa.Alloc) map[int]ssa.Value {
	args := map[int]ssa.Value{}
	for _, use := range *array.Referrers() {
		at, ok := use.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		i, _ := constant.Int64Val(at.Index.(*ssa.Const).Value)
		for _, use := range *at.Referrers() {
			if store, ok := use.(*ssa.Store); ok {
				args[int(i)] = store.Val
			}
		}
	}
	return args
}
