package check

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about state: package variables, who writes them, and the fields of receivers.

// target is a variable that a node writes, found at the root of what it assigns to.
type target struct {
	root *ast.Ident
	v    *types.Var
	deep bool   // through a pointer, a map or a slice: the variable itself may keep its value
	how  string // "writes", "takes the address of", "calls Add on"
	rule string // that writing a package variable in this way breaks
}

// use handles the name of a variable.
func (s *scanner) use(id *ast.Ident, v *types.Var) {
	switch {
	case v.IsField():
		s.field(id, v)
	case !gotypes.IsPackageVar(v):
	case !s.inModule(v):
		if e := stdlib.Lookup(v.Pkg().Path(), v.Name()); e.Verdict != stdlib.Allowed {
			s.foreign(id.Pos(), "uses", v)
		}
	default:
		s.read(id, v)
	}
}

// read handles the name of a package variable of the module.
func (s *scanner) read(id *ast.Ident, v *types.Var) {
	if s.n.v == v {
		return
	}
	s.lead(id.Pos(), s.variable(v), "reads", false)
	if s.aliased(id, v) {
		return
	}
	if by, ok := s.checker.writes[v]; ok && !s.wrote[id] {
		s.enter(finding{pos: id.Pos(), rule: varMutable, decl: v.Pos(), fix: stdlib.UseInput,
			message: "reads " + s.name(v) + ", a package variable that " + s.name(by) + " writes, so a replay may read another value"})
	}
}

// writes rejects what the node does to package variables. Initialisation may write them.
func (s *scanner) writes(x ast.Node) {
	for _, t := range s.targets(s.info, x) {
		lit, ok := gotypes.Enclosing[*ast.FuncLit](s.stack)
		if ok && !gotypes.IsPackageVar(t.v) && (t.v.Pos() < lit.Pos() || lit.End() <= t.v.Pos()) {
			s.n.closes = true
		}
	}
	if s.n.v != nil && !s.inLiteral() {
		return
	}
	for _, t := range s.targets(s.info, x) {
		if gotypes.IsPackageVar(t.v) && s.inModule(t.v) {
			s.wrote[t.root] = true
			s.report(t.root.Pos(), t.rule, cmp.Or(makeInRun[t.rule], "keep it in a local variable, or return it"), "%s %s, a package variable that all runs share", t.how, s.name(t.v))
		}
	}
}

// makeInRun is what to do instead of keeping something in a package variable, by the rule that it breaks.
var makeInRun = map[string]string{
	stdlib.GoStatement: "start the goroutine in the workflow",
	stdlib.Channels:    "make the channel in the workflow, and hand it on",
	stdlib.SyncObjects: "declare it in the workflow or in a struct that the workflow makes, and hand on a pointer to it",
	stdlib.Timers:      "make the timer in the workflow, and hand it on",
	stdlib.Contexts:    "derive the context in the workflow, and hand it on",
}

// findWrites enters every write of a package variable in the module outside of its initialisation, and attaches the
// init functions to the variables that they write.
func (c *checker) findWrites() {
	c.writes = map[*types.Var]*types.Func{}
	c.eachDecl(func(in initCode) {
		if d, ok := in.decl.(*ast.FuncDecl); ok {
			c.findWritesIn(in, d)
		}
	})
}

func (c *checker) findWritesIn(in initCode, decl *ast.FuncDecl) {
	info := in.pkg.Info
	fn, _ := info.Defs[decl.Name].(*types.Func)
	ast.Inspect(decl, func(x ast.Node) bool {
		for _, t := range c.targets(info, x) {
			switch {
			case !gotypes.IsPackageVar(t.v):
			case isInit(decl):
				c.attachInit(t.v, in)
			case c.writes[t.v] == nil || fn.Pos() < c.writes[t.v].Pos():
				c.writes[t.v] = fn
			}
		}
		return true
	})
}

func isInit(d *ast.FuncDecl) bool { return d.Recv == nil && d.Name.Name == "init" }

// attachInit notes once that a declaration is part of the initialisation of v.
func (c *checker) attachInit(v *types.Var, in initCode) {
	d, ok := c.vars[v]
	if !ok {
		return
	}
	for _, seen := range d.inits {
		if seen == in {
			return
		}
	}
	d.inits = append(d.inits, in)
	c.vars[v] = d
}

// targets are the variables that a single node writes.
func (c *checker) targets(info *types.Info, x ast.Node) (ts []target) {
	addBy := func(rule string, e ast.Expr, how string) {
		if t, ok := rootOf(info, e); ok {
			t.how, t.rule = how, rule
			ts = append(ts, t)
		}
	}
	add := func(e ast.Expr, how string) { addBy(varWrite, e, how) }
	if ch, how := channelOf(info, x); ch != nil {
		addBy(stdlib.Channels, ch, how)
	}
	switch x := x.(type) {
	case *ast.AssignStmt:
		if x.Tok != token.DEFINE {
			for _, e := range x.Lhs {
				add(e, "writes")
			}
		}
	case *ast.IncDecStmt:
		add(x.X, "writes")
	case *ast.RangeStmt:
		if x.Tok == token.ASSIGN {
			add(x.Key, "writes")
			add(x.Value, "writes")
		}
	case *ast.UnaryExpr:
		if _, literal := ast.Unparen(x.X).(*ast.CompositeLit); x.Op == token.AND && !literal {
			add(x.X, "takes the address of")
		}
	case *ast.CallExpr:
		if e, how, rule := c.writtenBy(info, x); e != nil {
			addBy(rule, e, how)
		}
	}
	return ts
}

// writtenBy is what a call itself writes: the argument of a built-in, or the receiver of a method that changes it.
func (c *checker) writtenBy(info *types.Info, call *ast.CallExpr) (e ast.Expr, how, rule string) {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if _, builtin := info.Uses[id].(*types.Builtin); builtin && changesFirst(id.Name) && len(call.Args) > 0 {
			return call.Args[0], "writes", varWrite
		}
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || info.Selections[sel] == nil {
		return nil, "", ""
	}
	if fn := gotypes.Callee(info, call); fn != nil && c.changesReceiver(fn.Origin()) {
		return sel.X, "calls " + fn.Name() + " on", cmp.Or(stdlib.Of(fn).ReceiverRule, varWrite)
	}
	return nil, "", ""
}

func changesFirst(builtin string) bool {
	return builtin == "delete" || builtin == "clear" || builtin == "copy"
}

// changesReceiver reports whether a method may change what its receiver points to. Methods of the module are looked
// into; of others, only those are trusted that are known to read.
func (c *checker) changesReceiver(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	switch {
	case recv == nil:
		return false
	case c.inModule(fn):
		return c.mutators[fn] || types.IsInterface(recv.Type()) && c.anyMutator(fn)
	case fn.Pkg() == nil || types.IsInterface(recv.Type()):
		return !stdlib.IsErrorMethod(fn.Name()) && fn.Name() != "String"
	}
	_, pointer := recv.Type().(*types.Pointer)
	if stdlib.Of(fn).KeepsReceiver {
		return false
	}
	return pointer || gotypes.Receiver(fn) != nil && reference(gotypes.Receiver(fn))
}

// anyMutator reports whether a method that could stand behind an interface's method changes its receiver.
func (c *checker) anyMutator(fn *types.Func) bool {
	iface := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	for m := range c.mutators {
		if m.Name() == fn.Name() && types.Implements(types.NewPointer(gotypes.Receiver(m)), iface) {
			return true
		}
	}
	return false
}

// reference reports whether values of a type share what they hold when they are copied.
func reference(t *types.Named) bool {
	switch t.Underlying().(type) {
	case *types.Map, *types.Slice:
		return true
	}
	return false
}

// findMutators finds the methods of the module that change what their receiver points to: those that write through it,
// and those that call such a method on it.
func (c *checker) findMutators() {
	c.mutators = map[*types.Func]bool{}
	for before := -1; before != len(c.mutators); {
		before = len(c.mutators)
		for fn, d := range c.decls {
			if !c.mutators[fn] && d.decl.Recv != nil && c.mutates(d) {
				c.mutators[fn] = true
			}
		}
	}
}

func (c *checker) mutates(d declaration) (mutates bool) {
	names := d.decl.Recv.List[0].Names
	if len(names) == 0 || d.decl.Body == nil {
		return false
	}
	recv, info := d.pkg.Info.Defs[names[0]], d.pkg.Info
	ast.Inspect(d.decl.Body, func(x ast.Node) bool {
		for _, t := range c.targets(info, x) {
			mutates = mutates || t.v == recv && t.deep
		}
		return !mutates
	})
	return mutates
}

// rootOf finds the variable at the bottom of an expression: v of v.f[i].g, and of *v.
func rootOf(info *types.Info, e ast.Expr) (t target, ok bool) {
	for {
		switch x := e.(type) {
		case nil:
			return t, false
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			t.deep = true
			e = x.X
		case *ast.IndexExpr:
			_, array := info.TypeOf(x.X).Underlying().(*types.Array)
			t.deep = t.deep || !array
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			if sel := info.Selections[x]; sel != nil {
				t.deep = t.deep || sel.Indirect() || gotypes.IsPointer(info.TypeOf(x.X))
				e = x.X
			} else {
				e = x.Sel
			}
		case *ast.Ident:
			t.root = x
			t.v, ok = info.Uses[x].(*types.Var)
			t.deep = t.deep || ok && gotypes.IsPointer(t.v.Type())
			return t, ok
		default:
			return t, false
		}
	}
}

// field handles the name of a struct's field: of an activity's receiver it is empty in a workflow.
func (s *scanner) field(id *ast.Ident, v *types.Var) {
	sel, ok := s.stack[max(0, len(s.stack)-2)].(*ast.SelectorExpr)
	if !ok || sel.Sel != id || s.info.Selections[sel] == nil {
		return
	}
	if owner := ownerOf(s.info.Selections[sel]); owner != nil && s.receivesActivities(owner) && !s.receivesWorkflows(owner) {
		s.report(id.Pos(), activityState, "read it in an activity, and return what the workflow needs",
			"uses field %s of %s, the receiver of activities, which is empty in a workflow", v.Name(), s.name(owner.Obj()))
	}
}

// ownerOf is the named struct that declares a selected field, behind all embedding.
func ownerOf(sel *types.Selection) *types.Named {
	t := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		t = t.Underlying().(*types.Struct).Field(i).Type()
	}
	return gotypes.Origin(t)
}

// receivesActivities reports whether a method of a type's own is annotated as an activity or a step.
func (c *checker) receivesActivities(t *types.Named) bool {
	for m := range t.Methods() {
		if isOperation(c.prog.Annotation(m)) {
			return true
		}
	}
	return false
}

// receivesWorkflows reports whether a method of a type's own is a workflow; its fields are checked as a receiver's.
func (c *checker) receivesWorkflows(t *types.Named) bool {
	for m := range t.Methods() {
		if isWorkflow(c.prog.Annotation(m)) {
			return true
		}
	}
	return false
}
