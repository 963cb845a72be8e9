package check

import (
	"cmp"
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about state: package variables, who writes them, and the fields of receivers.

// use handles the name of a variable.
func (s *scanner) use(id *ast.Ident, v *types.Var) {
	switch {
	case v.IsField():
		s.field(id, v)
	case !gotypes.IsPackageVar(v):
	case !s.index.Has(v):
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
	if by := s.checker.writes.Writer(v); by != nil && !s.wrote[id] {
		s.enter(finding{pos: id.Pos(), rule: varMutable, decl: v.Pos(), fix: stdlib.UseInput,
			message: "reads " + s.name(v) + ", a package variable that " + s.name(by) + " writes, so a replay may read another value"})
	}
}

// assignments rejects what the node does to package variables. Initialisation may write them.
func (s *scanner) assignments(x ast.Node) {
	for _, t := range s.checker.writes.Targets(s.info, x) {
		lit, ok := gotypes.Enclosing[*ast.FuncLit](s.stack)
		if ok && !gotypes.IsPackageVar(t.Var) && (t.Var.Pos() < lit.Pos() || lit.End() <= t.Var.Pos()) {
			s.n.closes = true
		}
	}
	if s.n.v != nil && !s.inLiteral() {
		return
	}
	for _, t := range s.checker.writes.Targets(s.info, x) {
		if gotypes.IsPackageVar(t.Var) && s.index.Has(t.Var) {
			s.wrote[t.Root] = true
			s.report(t.Root.Pos(), cmp.Or(t.Rule, varWrite), cmp.Or(makeInRun[t.Rule], "keep it in a local variable, or return it"), "%s %s, a package variable that all runs share", t.How, s.name(t.Var))
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

// field handles the name of a struct's field: of an activity's receiver it is empty in a workflow.
func (s *scanner) field(id *ast.Ident, v *types.Var) {
	sel, ok := s.stack[max(0, len(s.stack)-2)].(*ast.SelectorExpr)
	if !ok || sel.Sel != id || s.info.Selections[sel] == nil {
		return
	}
	if owner := ownerOf(s.info.Selections[sel]); owner != nil && s.index.ReceivesActivities(owner) && !s.index.ReceivesWorkflows(owner) {
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
