package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file is about the calls that lowering dispatches. Lowered code asks the value behind an interface whether it has
// a twin M__pawl, and calls that, or else M. For the answer to be right, a type must have M__pawl exactly if its M needs
// the run: through embedding a type may have got one that belongs to another M, and may lack the one it should have.

// meeting is a method that a call which lowering can dispatch may end at.
type meeting struct {
	from      *node
	id        *ast.Ident // the name of the interface's method, where it is called
	t         types.Type
	fn        *types.Func // the method as t has it
	to        *node       // the node of fn, if it is a function of the module with a body
	operation string      // what fn is, if it is an activity or a step
}

// Twin is a method M__pawl of a type whose M is not lowered: it calls Method on what Path leads to, through its twin if
// it has one.
type Twin struct {
	Type   *types.Named
	Path   []*types.Var // the embedded fields that lead from Type to what has Method; none if Type has it itself
	Method *types.Func  // with the signature that it has there
}

type twinKey struct {
	t      *types.Named
	method string // as types.Func.Id has it
}

// meet enters what a call that lowering can dispatch may end at.
func (d *dispatcher) meet(from *node, id *ast.Ident, t types.Type, fn *types.Func) {
	m := meeting{from: from, id: id, t: t, fn: fn}
	if a := d.prog.Annotation(fn); decls.IsOperation(a) {
		m.operation = fmt.Sprintf("%s %s", a.Kind, gotypes.NameIn(from.pkg.Types, fn.Origin()))
	} else if _, ok := d.index.Funcs[fn.Origin()]; ok {
		m.to = d.function(fn)
	}
	d.r.met = append(d.r.met, m)
}

// meetings gives each node what it meets in any workflow, each once.
func (c *checker) meetings() {
	type key struct {
		id *ast.Ident
		t  types.Type
		fn *types.Func
	}
	for _, n := range c.nodes {
		n.meets = nil
	}
	seen := map[key]bool{}
	for _, r := range c.reached {
		for _, m := range r.met {
			if k := (key{m.id, m.t, m.fn.Origin()}); !seen[k] {
				seen[k] = true
				m.from.meets = append(m.from.meets, m)
			}
		}
	}
	for _, n := range c.nodes {
		slices.SortFunc(n.meets, func(a, b meeting) int {
			return cmp.Or(cmp.Compare(a.id.Pos(), b.id.Pos()), cmp.Compare(a.t.String(), b.t.String()))
		})
	}
}

// durable reports whether what a call meets needs the run.
func (c *checker) durable(m meeting) bool {
	return m.operation != "" || m.to != nil && c.lowered[m.to]
}

// dispatched are the calls behind which something needs the run.
func (c *checker) dispatched() map[*ast.Ident]bool {
	ids := map[*ast.Ident]bool{}
	for _, n := range c.nodes {
		for _, m := range n.meets {
			if c.durable(m) {
				ids[m.id] = true
			}
		}
	}
	return ids
}

// recovering are functions that are not lowered and have to be: met by a dispatched call, which may be deferred, they
// could not recover if a twin of another's making stood between.
func (c *checker) recovering() (fns []*node) {
	dispatched := c.dispatched()
	for _, n := range c.nodes {
		for _, m := range n.meets {
			if dispatched[m.id] && m.to != nil && m.to.recovers && !c.lowered[m.to] {
				fns = append(fns, m.to)
			}
		}
	}
	return fns
}

// fixUp finds the types that a dispatched call may meet and whose twins would not be those of their methods. A twin for
// one may make another necessary.
func (c *checker) fixUp() {
	dispatched := c.dispatched()
	for before := -1; before != len(c.twins); {
		before = len(c.twins)
		for _, r := range c.reached {
			for _, m := range r.met {
				if dispatched[m.id] && (!c.durable(m) || gotypes.IsInterfaceMethod(m.fn)) {
					c.fix(r, m)
				}
			}
		}
	}
}

// fix gives a type the twin that it lacks, for a method that needs no run itself, or has no twin that is a method: one
// of an embedded interface, which is annotated or behind which there may be one that needs the run, or one that stands
// in front of another's twin.
func (c *checker) fix(r *reach, m meeting) {
	path := pathTo(m.t, m.fn)
	at, secret := c.holder(m, path)
	switch {
	case !gotypes.IsInterfaceMethod(m.fn) && (c.hasTwin(gotypes.Receiver(m.fn), m.fn) || !c.twinBehind(m.t, m.fn, map[types.Type]bool{})):
	case at < 0:
		c.accuse(r, m.from, c.unfixable(m, secret))
	default:
		c.twin(typeAt(m.t, path[:at]), path[at:], m.fn)
	}
}

// pathTo are the embedded fields by which a type comes to a method.
func pathTo(t types.Type, fn *types.Func) (path []*types.Var) {
	_, index, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, fn.Pkg(), fn.Name())
	for _, i := range index[:len(index)-1] {
		field := gotypes.Deref(t).Underlying().(*types.Struct).Field(i)
		path = append(path, field)
		t = field.Type()
	}
	return path
}

// holder is how many embedded fields of a path lead to the innermost type that can be given a twin of a method; -1 if
// none can, with the name because of which one cannot, if that is all there is against it.
func (c *checker) holder(m meeting, path []*types.Var) (at int, secret string) {
	for i := len(path); i >= 0; i-- {
		t := typeAt(m.t, path[:i])
		if t == nil || !c.canHaveMethods(t) {
			continue
		}
		if secret = hidden(t, path[i:], m.fn); secret == "" {
			return i, ""
		}
	}
	return -1, secret
}

// hidden is a name that the twin of a method has to write and the package of its type may not; empty if there is none.
func hidden(t *types.Named, path []*types.Var, fn *types.Func) string {
	pkg := t.Obj().Pkg()
	if !fn.Exported() && fn.Pkg() != pkg {
		return gotypes.NameIn(pkg, fn)
	}
	for _, f := range path {
		if !f.Exported() && f.Pkg() != pkg {
			return gotypes.NameIn(pkg, f)
		}
	}
	if culprit := gotypes.Unspellable(methodOf(t, fn).Signature(), pkg); culprit != nil {
		return gotypes.TypeName(pkg, culprit)
	}
	return ""
}

// methodOf is a method as a type has it.
func methodOf(t types.Type, fn *types.Func) *types.Func {
	return gotypes.LookupMethod(t, fn.Pkg(), fn.Name())
}

// typeAt is the named type, no interface, that a path of embedded fields leads to; nil if it is another kind of type.
func typeAt(t types.Type, path []*types.Var) *types.Named {
	if len(path) > 0 {
		t = path[len(path)-1].Type()
	}
	if n := gotypes.Origin(t); n != nil && !types.IsInterface(n) {
		return n
	}
	return nil
}

func (c *checker) canHaveMethods(t *types.Named) bool {
	return c.index.IsAuthors(t.Obj().Pkg()) && t.Obj().Parent() == t.Obj().Pkg().Scope()
}

// twinBehind reports whether what a type embeds has a twin of the name of a method's.
func (c *checker) twinBehind(t types.Type, fn *types.Func, seen map[types.Type]bool) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return false
	}
	seen[t] = true
	for f := range s.Fields() {
		if e := gotypes.Origin(f.Type()); f.Embedded() && e != nil && (c.hasTwin(e, fn) || c.twinBehind(e, fn, seen)) {
			return true
		}
	}
	return false
}

// hasTwin reports whether a type has a twin of its own for a method of that name.
func (c *checker) hasTwin(t *types.Named, fn *types.Func) bool {
	if _, ok := c.twins[twinKey{t, fn.Id()}]; ok {
		return true
	}
	for m := range t.Methods() {
		if m.Id() == fn.Id() {
			n, ok := c.nodes[m]
			return ok && c.lowered[n] || decls.IsOperation(c.prog.Annotation(m)) && !types.IsInterface(t)
		}
	}
	return false
}

// twin gives a type a twin of its own.
func (c *checker) twin(t *types.Named, path []*types.Var, fn *types.Func) {
	c.twins[twinKey{t, fn.Id()}] = Twin{Type: t, Path: path, Method: methodOf(t, fn)}
}

// unfixable is the finding about a type that would need a twin and cannot have one.
func (c *checker) unfixable(m meeting, secret string) finding {
	call, name := gotypes.NameIn(m.from.pkg.Types, m.from.pkg.Info.Uses[m.id]), gotypes.TypeName(m.from.pkg.Types, m.t)
	why, cure := "a type of another module that", "wrap it in a type of this module that calls it"
	switch t := gotypes.Origin(m.t); {
	case secret != "":
		why, cure = fmt.Sprintf("a type whose package cannot use the name %s and", secret), "declare the type where that name is declared, or export the name"
	case t == nil:
		why, cure = "a type without a name that", "declare it as a type, outside of the function"
	case c.index.IsAuthors(t.Obj().Pkg()):
		why, cure = "a type declared in a function that", "declare it outside of the function"
	}
	has := "has another " + m.fn.Name()
	if gotypes.IsInterfaceMethod(m.fn) {
		has = "gets " + m.fn.Name() + " from the interface it embeds"
	}
	return finding{pos: m.id.Pos(), rule: dynamicDurable, fix: cure, message: fmt.Sprintf(
		"%s calls %s, here on %s, %s %s: the call would miss the durable method in it", m.from.subject(), call, name, why, has)}
}

func (c *checker) sortedTwins() []Twin {
	return slices.SortedFunc(maps.Values(c.twins), func(a, b Twin) int {
		return cmp.Or(cmp.Compare(a.Type.Obj().Id(), b.Type.Obj().Id()), cmp.Compare(a.Type.String(), b.Type.String()), cmp.Compare(a.Method.Name(), b.Method.Name()))
	})
}
