package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file looks at one body: what it does by itself, and what it calls, mentions and reads.

// scanner is the walk over one body.
type scanner struct {
	*checker
	n     *node
	file  *gosrc.File
	info  *types.Info
	stack []ast.Node // from the body down to the node being looked at
	seen  map[types.Type]bool
	wrote map[*ast.Ident]bool // names that stand for a write, and are no reads
}

// scan enters into n what a body in a file of pkg does.
func (c *checker) scan(n *node, pkg *gosrc.Package, file *gosrc.File, body ast.Node) {
	s := &scanner{checker: c, n: n, file: file, info: pkg.Info, seen: map[types.Type]bool{}, wrote: map[*ast.Ident]bool{}}
	ast.Inspect(body, s.visit)
}

func (s *scanner) visit(x ast.Node) bool {
	if x == nil {
		s.stack = s.stack[:len(s.stack)-1]
		return true
	}
	s.stack = append(s.stack, x)
	s.concurrency(x)
	s.rangeStmt(x)
	s.assignments(x)
	s.call(x)
	s.literal(x)
	s.identifier(x)
	s.occurring(x)
	return true
}

// report enters a finding. The message goes on from what the node is called: "reads …", "calls …".
func (s *scanner) report(pos token.Pos, rule, fix, format string, args ...any) {
	s.enter(finding{pos: pos, rule: rule, fix: fix, message: fmt.Sprintf(format, args...)})
}

// remark enters what is worth knowing and stops nothing.
func (s *scanner) remark(pos token.Pos, rule, fix, format string, args ...any) {
	s.enter(finding{pos: pos, rule: rule, fix: fix, message: fmt.Sprintf(format, args...), remark: true})
}

func (s *scanner) enter(f finding) {
	f.message = s.n.subject() + " " + f.message
	s.n.findings = append(s.n.findings, f)
}

// name is how the reader of this body calls an object.
func (s *scanner) name(obj types.Object) string { return gotypes.NameIn(s.n.pkg.Types, obj) }

// durable enters a durable operation.
func (s *scanner) durable(pos token.Pos, what string, value bool) {
	s.effect(pos, varInit, what, value)
}

// effect enters a durable operation that has a rule of its own where there is no run.
func (s *scanner) effect(pos token.Pos, rule, what string, value bool) {
	s.n.effects = append(s.n.effects, effect{pos: pos, rule: rule, what: what, value: value || s.runsLater()})
}

// lead enters an edge.
func (s *scanner) lead(pos token.Pos, to *node, verb string, value bool) {
	s.n.edges = append(s.n.edges, edge{pos: pos, to: to, verb: verb, value: value || s.runsLater()})
}

// inLiteral reports whether the walk is inside a function literal.
func (s *scanner) inLiteral() bool {
	_, ok := gotypes.Enclosing[*ast.FuncLit](s.stack)
	return ok
}

// runsLater reports whether the walk is inside a function literal that is not called where it stands.
func (s *scanner) runsLater() bool {
	for i := len(s.stack) - 1; i >= 0; i-- {
		lit, ok := s.stack[i].(*ast.FuncLit)
		if !ok {
			continue
		}
		if i == 0 {
			return true
		}
		if call, ok := s.stack[i-1].(*ast.CallExpr); !ok || call.Fun != lit {
			return true
		}
	}
	return false
}

// rangeStmt handles ranges over maps, which are durable.
func (s *scanner) rangeStmt(x ast.Node) {
	r, ok := x.(*ast.RangeStmt)
	if !ok {
		return
	}
	if m, ok := gotypes.CoreType(s.info.TypeOf(r.X)).(*types.Map); ok {
		s.mapRange(r, m)
	}
}

// call handles what only a call shows: conversions to unsafe pointers, built-ins, arguments.
func (s *scanner) call(x ast.Node) {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := s.info.Uses[id].(*types.Builtin); ok {
			s.builtin(call, b.Name())
			return
		}
	}
	if callee := gotypes.Callee(s.info, call); callee != nil {
		s.arguments(call, callee)
	} else {
		s.calledValue(call)
	}
}

func (s *scanner) builtin(call *ast.CallExpr, name string) {
	switch name {
	case "print", "println":
		s.durable(call.Pos(), name, false)
	case "close":
		s.effect(call.Pos(), stdlib.Channels, "close", false)
	case "recover":
		if !s.inLiteral() {
			s.n.recovers = true
		}
	}
}

// arguments handles what depends on the arguments of a static call.
func (s *scanner) arguments(call *ast.CallExpr, callee *types.Func) {
	pkg := callee.Pkg()
	if pkg == nil || s.index.Packages[pkg] != nil {
		s.localTypes(call, callee)
		return
	}
	s.callbacks(call, callee)
	if stdlib.Of(callee).Prints {
		s.printed(call, gotypes.LocalName(callee))
	}
	switch {
	case stdlib.ErrorsAs.Is(callee):
		s.localTypes(call, callee)
	case stdlib.ContextWithValue.Is(callee):
		s.contextValue(call)
	case stdlib.LoadLocation.Is(callee):
		s.loadsZone(call)
	case stdlib.Tick.Is(callee):
		s.ticks(call)
	}
}

// contextValue remarks that a context value stays in the workflow.
func (s *scanner) contextValue(call *ast.CallExpr) {
	s.remark(call.Pos(), contextValue, "pass it as an argument where an activity needs it", "puts a value into a context, which activities do not see without a registered propagator")
}

// loadsZone rejects the zone of the host by its name.
func (s *scanner) loadsZone(call *ast.CallExpr) {
	if zone, ok := s.constantString(call.Args[0]); ok && zone == "Local" {
		s.report(call.Pos(), stdlib.TimeZone, stdlib.UseUTC, "loads the zone %q, which depends on the time zone of the host", zone)
	}
}

// ticks remarks on tickers that nothing can stop.
func (s *scanner) ticks(call *ast.CallExpr) {
	if s.n.v == nil {
		s.remark(call.Pos(), stdlib.Timers, "use time.NewTicker and its Stop method, or sleep in a loop", "calls time.Tick, whose ticker cannot be stopped: each tick is an event in the history")
	}
}

// identifier handles what a name refers to.
func (s *scanner) identifier(x ast.Node) {
	id, ok := x.(*ast.Ident)
	if !ok {
		return
	}
	if reserved(id.Name) && s.info.Defs[id] != nil {
		s.report(id.Pos(), reservedName, reservedCure, "declares %s, a name of generated code", id.Name)
	}
	switch obj := s.info.Uses[id].(type) {
	case *types.Func:
		s.mention(id, obj)
	case *types.Var:
		s.use(id, obj)
	case *types.Const:
		s.constant(id, obj)
	case *types.PkgName:
		s.qualifier(id, obj)
	}
}

// qualifier rejects everything from the two packages that are none.
func (s *scanner) qualifier(id *ast.Ident, obj *types.PkgName) {
	if path := obj.Imported().Path(); path == "unsafe" || path == "C" {
		e := stdlib.Lookup(path, "*")
		s.report(id.Pos(), e.Rule, e.Fix, "uses package %s, which %s", path, e.Why)
	}
}

// constant rejects the constants that differ between machines.
func (s *scanner) constant(id *ast.Ident, obj *types.Const) {
	if obj.Pkg() != nil && obj.Pkg().Path() == "runtime" {
		s.foreign(id.Pos(), "reads", obj)
	}
}

// mention handles the name of a function or method, called or taken as a value.
func (s *scanner) mention(id *ast.Ident, fn *types.Func) {
	ref, call := gotypes.Reference(s.stack)
	value := call == nil
	verb := "calls"
	if value {
		verb = "uses"
	}
	fn = fn.Origin()
	switch a := s.prog.Annotation(fn); {
	case decls.IsOperation(a):
		s.durable(id.Pos(), string(a.Kind)+" "+s.name(fn), value)
	case decls.IsWorkflow(a):
		s.workflow(id.Pos(), call, fn)
	case gotypes.IsInterfaceMethod(fn):
		s.dynamic(id, fn, verb)
	case s.index.Has(fn):
		s.local(id.Pos(), fn, verb, value)
	default:
		s.std(id.Pos(), fn, verb, value, ref)
	}
}

// inModule reports whether an object belongs to the author's code.
func (c *checker) inModule(obj types.Object) bool {
	return obj.Pkg() != nil && c.index.Packages[obj.Pkg()] != nil
}

// local handles a function of the module.
func (s *scanner) local(pos token.Pos, fn *types.Func, verb string, value bool) {
	d, ok := s.index.Funcs[fn]
	switch {
	case !ok:
		s.report(pos, noSource, "call it outside of workflows, or in an activity", "%s %s, which Pawl has generated for callers outside of workflows", verb, s.name(fn))
	case d.Decl.Body == nil && !d.Pure:
		s.report(pos, noSource, stdlib.ToActivity, "%s %s, which has no body in Go", verb, s.name(fn))
	case d.Decl.Body == nil && slices.ContainsFunc(slices.Collect(fn.Signature().Results().Variables()), returnsFunc):
		s.report(pos, noSource, stdlib.ToActivity, "%s %s, which has no body in Go and returns a function that nobody can follow", verb, s.name(fn))
	default:
		s.lead(pos, s.function(fn), verb, value)
	}
}

func returnsFunc(result *types.Var) bool { return holdsFunc(result.Type(), map[types.Type]bool{}) }

// workflow rejects a call of a workflow, and tells apart the one that could be meant to continue the run.
func (s *scanner) workflow(pos token.Pos, call *ast.CallExpr, fn *types.Func) {
	name := s.name(fn)
	if fn == s.n.fn && call != nil && s.inTail(call) {
		s.report(pos, selfCall, "both readings, a child workflow and (marked //pawl:continue) this run going on with a fresh history,\ncome with a later release; write a loop",
			"ends by calling itself, which may mean a child workflow or to continue as new")
		return
	}
	verb := "calls"
	if call == nil {
		verb = "uses"
	}
	s.report(pos, childWorkflow, "child workflows come with a later release; put what both need into a plain function", "%s workflow %s", verb, name)
}

// inTail reports whether a call is all that a return statement of the body itself returns.
func (s *scanner) inTail(call *ast.CallExpr) bool {
	ret, ok := gotypes.Enclosing[*ast.ReturnStmt](s.stack)
	return ok && !s.inLiteral() && len(ret.Results) == 1 && ast.Unparen(ret.Results[0]) == call
}

// std handles a function of another module or of the standard library.
func (s *scanner) std(pos token.Pos, fn *types.Func, verb string, value bool, ref ast.Expr) {
	e := stdlib.Lookup(fn.Pkg().Path(), gotypes.LocalName(fn))
	switch {
	case s.decoder(pos, fn, value):
	case e.Verdict == stdlib.Durable && (s.intoUTC(fn, ref) || OrderLost(s.info, s.stack) || s.computedOnce(fn, ref)):
	case e.Verdict == stdlib.Durable:
		s.effect(pos, cmp.Or(e.Rule, varInit), gotypes.NameIn(nil, fn), value)
		s.mapFunc(pos, fn, ref)
	case e.Verdict == stdlib.Allowed, pureErrorMethod(fn):
	default:
		s.foreign(pos, verb, fn)
	}
}

// intoUTC reports whether a time in the zone of the host is put into another at once: time.Unix(…).UTC().
func (s *scanner) intoUTC(fn *types.Func, ref ast.Expr) bool {
	i := slices.Index(s.stack, ast.Node(ref))
	if !stdlib.Of(fn).HostZone || i < 2 {
		return false
	}
	call, called := s.stack[i-1].(*ast.CallExpr)
	sel, selected := s.stack[i-2].(*ast.SelectorExpr)
	if !called || call.Fun != ref || !selected || sel.X != call {
		return false
	}
	method, ok := s.info.Uses[sel.Sel].(*types.Func)
	return ok && stdlib.Of(method).MovesZone
}

// computedOnce reports whether sync.OnceValue or OnceValues is called where there is no run, for a value that nobody can
// write: every process computes it once, all of them the same, and no run ever waits for another one to do so, if the
// function that computes it needs none. That is looked at for itself.
func (s *scanner) computedOnce(fn *types.Func, ref ast.Expr) bool {
	i := slices.Index(s.stack, ast.Node(ref))
	if s.n.v == nil || !stdlib.Of(fn).ComputesOnce || i < 1 {
		return false
	}
	call, called := s.stack[i-1].(*ast.CallExpr)
	if !called || call.Fun != ref {
		return false
	}
	once, ok := s.info.TypeOf(call).(*types.Signature)
	return ok && !s.aliases.Shares(once.Results())
}

// foreign rejects a name of another module or of the standard library.
func (s *scanner) foreign(pos token.Pos, verb string, obj types.Object) {
	e := stdlib.Lookup(obj.Pkg().Path(), gotypes.LocalName(obj))
	if e.Rule == stdlib.UnknownModule {
		s.unknown[obj.Pkg().Path()] = true
	}
	s.report(pos, e.Rule, e.Fix, "%s %s, which %s", verb, gotypes.NameIn(nil, obj), e.Why)
}

// pureErrorMethod reports whether fn is one of the harmless methods of an error of the standard library or of the engine.
func pureErrorMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	ours := fn.Pkg() != nil && (importpath.IsStd(fn.Pkg().Path()) || importpath.IsEngine(fn.Pkg().Path()))
	return recv != nil && ours && stdlib.IsErrorMethod(fn.Name()) && gotypes.ImplementsError(types.NewPointer(receiverType(recv)))
}

func receiverType(recv *types.Var) types.Type {
	if p, ok := recv.Type().(*types.Pointer); ok {
		return p.Elem()
	}
	return recv.Type()
}

// occurring enters the types of values, which dynamic calls may meet.
func (s *scanner) occurring(x ast.Node) {
	e, ok := x.(ast.Expr)
	if _, declared := x.(*ast.StructType); declared || !ok { // the text of a struct may be that of a type with a name
		return
	}
	if tv, ok := s.info.Types[e]; ok && tv.Type != nil {
		s.occurs(tv.Type)
	}
	if id, ok := e.(*ast.Ident); ok {
		for t := range s.info.Instances[id].TypeArgs.Types() {
			s.occurs(t)
		}
	}
}

func (s *scanner) occurs(t types.Type) {
	t = candidate(t)
	if t == nil || s.seen[t] {
		return
	}
	s.seen[t] = true
	if types.NewMethodSet(types.NewPointer(t)).Len() > 0 {
		s.n.types = append(s.n.types, t)
	}
}

// candidate is the type of a value, or of what it points to, that may be behind an interface: a named one without type
// arguments, or a struct without a name. Nil for others, which have no methods.
func candidate(t types.Type) types.Type {
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

// literal rejects composite literals that fill the receiver of activities.
func (s *scanner) literal(x ast.Node) {
	lit, ok := x.(*ast.CompositeLit)
	if !ok || len(lit.Elts) == 0 {
		return
	}
	if n := gotypes.Origin(s.info.TypeOf(lit)); n != nil && s.index.ReceivesActivities(n) {
		s.report(lit.Pos(), activityState, "leave its fields empty here, and fill them where the worker is made", "fills fields of %s, the receiver of activities, which stay behind in the worker", s.name(n.Obj()))
	}
}

// constantString is the value of a constant string expression.
func (s *scanner) constantString(e ast.Expr) (string, bool) {
	tv := s.info.Types[e]
	if tv.Value == nil || tv.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(tv.Value), true
}
