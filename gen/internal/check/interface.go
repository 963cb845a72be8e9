// Rules: calls of the methods of interfaces, whose target depends on a dynamic type.

package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// interfaceRule adds a site for each method of an interface that is called or taken as a value.
var interfaceRule = rule{visit: func(v *visitor, x ast.Node) {
	if m, ok := v.mention(x); ok && m.annotation == nil && gotypes.IsInterfaceMethod(m.fn) {
		interfaceMethod(v, m)
	}
}}

func interfaceMethod(v *visitor, m mention) {
	what := v.name(m.fn)
	if m.fn.Pkg() == nil {
		what = "error." + m.fn.Name()
	}
	if t := gotypes.Receiver(m.fn); t != nil && v.index.IsActivityInterface(t) {
		v.report(m.id.Pos(), activityState, "annotate it as an activity, or call it in one", "%s %s, which is not annotated: a workflow may only use the activities of the interface", m.verb(), what)
		return
	}
	durable := stdlib.IsDurable(m.fn)
	if durable {
		checkExternalFunc(v, m)
	} else if m.fn.Pkg() != nil && !v.index.Has(m.fn) && !stdlib.IsErrorMethodName(m.fn.Name()) && stdlib.Of(m.fn).Verdict != stdlib.Allowed {
		reportExternal(v, m.id.Pos(), m.verb(), m.fn)
		return
	}
	s := callgraph.Site{
		Pos: m.id.Pos(), What: what, Verb: m.verb(), Names: []string{m.fn.Name()}, Pkg: m.fn.Pkg(),
		Iface: m.fn.Signature().Recv().Type().Underlying().(*types.Interface), Locks: durable, Paren: token.NoPos,
	}
	if v.node.Var == nil && !v.graph.External(v.node) && !durable {
		s.ID = m.id // else there is no run, no lowered code, or a function of the run's own
	}
	if m.call != nil {
		s.Paren = m.call.Lparen
	}
	v.node.Sites = append(v.node.Sites, s)
}

// callbackRule adds a site for each argument whose methods a function outside the program may call: the methods
// of the parameter's interface, and methods that the function looks for in values of any type. The run calls those of the
// context of an activity.
var callbackRule = rule{visit: func(v *visitor, x ast.Node) {
	call, callee := v.call(x)
	if callee == nil || callee.Pkg() == nil {
		return
	}
	operation := decls.IsOperation(v.index.Prog.Annotation(callee.Origin()))
	if v.index.Has(callee) && !operation {
		return
	}
	sig, ok := v.info.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		return
	}
	facts := stdlib.Of(callee)
	if operation { // the run waits for the end of the context, as package context does
		facts = stdlib.Lookup("context", "WithCancel")
	}
	for i, arg := range call.Args {
		param := gotypes.ParamType(sig, i)
		if param == nil || !types.IsInterface(param) || operation && !gotypes.IsContext(param) {
			continue
		}
		s := callgraph.Site{Pos: arg.Pos(), What: gotypes.NameIn(nil, callee), Verb: "calls", Locks: facts.TakesLocks}
		named, known := []string(nil), true
		if facts.CallsNamedMethods {
			named, known = v.methodsOfTemplates()
		}
		if known {
			if s.Names = slices.Concat(methodNames(param), facts.CallsMethods, named); len(s.Names) == 0 {
				continue
			}
			s.Match = soughtIn(callee, param)
		}
		callback(v, s, v.info.TypeOf(arg))
	}
}}

// soughtIn returns a function that reports whether a method is one that a function may call for a parameter: a method of the
// parameter's interface, or one that the standard library looks for. What code of other modules looks for is not known.
func soughtIn(callee *types.Func, param types.Type) func(*types.Func) bool {
	if !importpath.IsStd(callee.Pkg().Path()) {
		return nil
	}
	own := map[string]types.Type{}
	for m := range param.Underlying().(*types.Interface).Methods() {
		own[m.Name()] = m.Type()
	}
	return func(fn *types.Func) bool {
		t := own[fn.Name()]
		return t != nil && (gotypes.ParametricMethods(param.Underlying().(*types.Interface)) || types.Identical(t, fn.Type())) || gotypes.IsSought(fn)
	}
}

// callback adds calls of the methods of a value of type t: those of the types that it is known to consist of, and, if it
// has interfaces inside, those of all types that occur.
func callback(v *visitor, s callgraph.Site, t types.Type) {
	if _, tuple := t.(*types.Tuple); tuple || t == nil {
		return
	}
	if iface, ok := t.Underlying().(*types.Interface); ok {
		s.Iface = iface
		v.node.Sites = append(v.node.Sites, s)
		return
	}
	only, open := typesWithin(v, t)
	if len(only) > 0 {
		known := s
		known.Only = only
		v.node.Sites = append(v.node.Sites, known)
	}
	if open {
		v.node.Sites = append(v.node.Sites, s)
	}
}

func methodNames(t types.Type) (names []string) {
	for m := range t.Underlying().(*types.Interface).Methods() {
		names = append(names, m.Name())
	}
	return names
}

// typesWithin are the named types from outside of the standard library that a value of type t consists of. It is open to
// others if it has an interface inside.
func typesWithin(v *visitor, t types.Type) (ts []types.Type, open bool) {
	named, open := gotypes.NamedWithin(t, func(n *types.Named) bool { return v.index.Has(n.Obj()) })
	for _, n := range named {
		if path := n.Obj().Pkg().Path(); v.index.Has(n.Obj()) || !importpath.IsStd(path) && !importpath.IsEngine(path) {
			ts = append(ts, n)
		}
	}
	return ts, open
}

// occurringRule adds the types of values, at whose methods calls by dispatch may end.
var occurringRule = rule{visit: func(v *visitor, x ast.Node) {
	e, ok := x.(ast.Expr)
	if _, declared := x.(*ast.StructType); declared || !ok { // the text of a struct may be that of a type with a name
		return
	}
	if tv, ok := v.info.Types[e]; ok && tv.Type != nil {
		occurs(v, tv.Type)
	}
	if id, ok := e.(*ast.Ident); ok {
		for t := range v.info.Instances[id].TypeArgs.Types() {
			occurs(v, t)
		}
	}
}}

func occurs(v *visitor, t types.Type) {
	t = inInterface(t)
	if t == nil || v.types[t] {
		return
	}
	v.types[t] = true
	if types.NewMethodSet(types.NewPointer(t)).Len() > 0 {
		v.node.Types = append(v.node.Types, t)
	}
}

// inInterface is the type of a value, or of what it points to, as an interface may hold it: a named one without type
// arguments, or a struct without a name. Nil for others, which have no methods.
func inInterface(t types.Type) types.Type {
	if n := gotypes.Origin(t); n != nil {
		if types.IsInterface(n) {
			return nil
		}
		return n
	}
	if s, ok := types.Unalias(gotypes.Deref(t)).(*types.Struct); ok {
		return s
	}
	return nil
}
