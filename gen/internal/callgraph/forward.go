// Methods that lowered code needs in addition to the copies, so that it can dispatch calls.

package callgraph

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Lowered code asks the value in an interface whether it has a method M__pawl, and calls that, or else M. For the answer
// to be right, a type must have M__pawl exactly if its M needs the run. Through embedding, a type may have got an M__pawl
// that belongs to another M, and may lack the one that it should have.

// occurrence is a method that a call which lowered code dispatches may end at.
type occurrence struct {
	from      *Node
	id        *ast.Ident // the name of the interface's method, where it is called
	t         types.Type
	method    *types.Func // as t has it
	to        *Node       // the node of the method, if it is a function of the index
	operation string      // what the method is, if it is an activity or a step
}

// Forwarder is a method M__pawl of a type whose M is not lowered. It calls Method on what Path leads to, or its M__pawl if
// it has one.
type Forwarder struct {
	Type   *types.Named
	Path   []*types.Var // the embedded fields that lead from Type to what has Method; none if Type has it itself
	Method *types.Func  // with the signature that it has there
	// Recovers: what it calls may be a method that recovers.
	Recovers bool
}

// collectOccurrences gives each node its occurrences in any workflow, each once.
func (g *Graph) collectOccurrences(reached []*Reach) {
	type key struct {
		id *ast.Ident
		t  types.Type
		fn *types.Func
	}
	for _, n := range g.nodes {
		n.occurrences = nil
	}
	seen := map[key]bool{}
	for _, r := range reached {
		for _, o := range r.occurrences {
			if k := (key{o.id, o.t, o.method.Origin()}); !seen[k] {
				seen[k] = true
				o.from.occurrences = append(o.from.occurrences, o)
			}
		}
	}
	for _, n := range g.nodes {
		slices.SortFunc(n.occurrences, func(a, b occurrence) int {
			return cmp.Or(cmp.Compare(a.id.Pos(), b.id.Pos()), cmp.Compare(a.t.String(), b.t.String()))
		})
	}
}

// needsRun reports whether what a call ends at needs the run.
func (g *Graph) needsRun(o occurrence) bool {
	return o.operation != "" || o.to != nil && g.Lowered[o.to]
}

// Dispatched returns the calls and mentions of interface methods, by the name of the method, that may end at something
// that needs the run.
func (g *Graph) Dispatched() map[*ast.Ident]bool {
	ids := map[*ast.Ident]bool{}
	for _, n := range g.nodes {
		for _, o := range n.occurrences {
			if g.needsRun(o) {
				ids[o.id] = true
			}
		}
	}
	return ids
}

// recovering are functions that are not lowered but have to be. A dispatched call, which may be deferred, may end at
// them, and they could not recover if a forwarder stood between.
func (g *Graph) recovering() (fns []*Node) {
	dispatched := g.Dispatched()
	for _, n := range g.nodes {
		for _, o := range n.occurrences {
			if dispatched[o.id] && o.to != nil && o.to.Recovers && !g.Lowered[o.to] {
				fns = append(fns, o.to)
			}
		}
	}
	return fns
}

// Unforwardable is a type that would need a forwarder and cannot have one.
type Unforwardable struct {
	Reach  *Reach
	From   *Node      // the caller
	ID     *ast.Ident // the name of the interface's method, where it is called
	Type   types.Type
	Method *types.Func
	Secret string // a name that the forwarder would have to write and its package may not; or empty
}

// Forwarders returns the forwarders that dispatched calls rely on, sorted, and the types that cannot have theirs. It is to
// be called after MarkLowered.
func (g *Graph) Forwarders(reached []*Reach) ([]Forwarder, []Unforwardable) {
	f := &forwarding{g: g, made: map[forwarderKey]Forwarder{}, reported: map[forwarderSite]bool{}}
	dispatched := g.Dispatched()
	recovers := map[string]bool{}              // methods, as types.Func.Id has them
	for before := -1; before != len(f.made); { // one forwarder may make another necessary
		before = len(f.made)
		for _, r := range reached {
			for _, o := range r.occurrences {
				if o.to != nil && o.to.Recovers {
					recovers[o.method.Id()] = true
				}
				if dispatched[o.id] && (!g.needsRun(o) || gotypes.IsInterfaceMethod(o.method)) {
					f.complete(r, o)
				}
			}
		}
	}
	for key, forwarder := range f.made {
		forwarder.Recovers = recovers[key.method]
		f.made[key] = forwarder
	}
	sorted := slices.SortedFunc(maps.Values(f.made), func(a, b Forwarder) int {
		return cmp.Or(cmp.Compare(a.Type.Obj().Id(), b.Type.Obj().Id()), cmp.Compare(a.Type.String(), b.Type.String()), cmp.Compare(a.Method.Name(), b.Method.Name()))
	})
	return sorted, f.impossible
}

// forwarding is one search for forwarders.
type forwarding struct {
	g          *Graph
	made       map[forwarderKey]Forwarder
	impossible []Unforwardable
	reported   map[forwarderSite]bool
}

type forwarderKey struct {
	t      *types.Named
	method string // as types.Func.Id has it
}

type forwarderSite struct {
	r  *Reach
	id *ast.Ident
	t  types.Type
}

// complete gives a type the forwarder that it lacks. The method needs no run itself, or has no copy that is a method: one
// of an embedded interface that is annotated or in which there may be a method that needs the run, or one that hides
// another's copy.
func (f *forwarding) complete(r *Reach, o occurrence) {
	if !gotypes.IsInterfaceMethod(o.method) && (f.hasCopy(gotypes.Receiver(o.method), o.method) || !f.embedsCopy(o.t, o.method, map[types.Type]bool{})) {
		return
	}
	path := pathTo(o.t, o.method)
	at, secret := f.holder(o, path)
	if at < 0 {
		if site := (forwarderSite{r, o.id, o.t}); !f.reported[site] {
			f.reported[site] = true
			f.impossible = append(f.impossible, Unforwardable{r, o.from, o.id, o.t, o.method, secret})
		}
		return
	}
	t := typeAt(o.t, path[:at])
	f.made[forwarderKey{t, o.method.Id()}] = Forwarder{Type: t, Path: path[at:], Method: methodOf(t, o.method)}
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

// holder is how many embedded fields of a path lead to the innermost type that can have the forwarder; -1 if none can,
// with the name that prevents it, if that is the only reason.
func (f *forwarding) holder(o occurrence, path []*types.Var) (at int, secret string) {
	for i := len(path); i >= 0; i-- {
		t := typeAt(o.t, path[:i])
		if t == nil || !f.canHaveMethods(t) {
			continue
		}
		if secret = hiddenName(t, path[i:], o.method); secret == "" {
			return i, ""
		}
	}
	return -1, secret
}

// hiddenName is a name that the forwarder has to write and the package of its type may not; empty if there is none.
func hiddenName(t *types.Named, path []*types.Var, fn *types.Func) string {
	pkg := t.Obj().Pkg()
	if !fn.Exported() && fn.Pkg() != pkg {
		return gotypes.NameIn(pkg, fn)
	}
	for _, f := range path {
		if !f.Exported() && f.Pkg() != pkg {
			return gotypes.NameIn(pkg, f)
		}
	}
	if part := gotypes.Unspellable(methodOf(t, fn).Signature(), pkg); part != nil {
		return gotypes.TypeName(pkg, part)
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

func (f *forwarding) canHaveMethods(t *types.Named) bool {
	return f.g.Index.IsAuthors(t.Obj().Pkg()) && t.Obj().Parent() == t.Obj().Pkg().Scope()
}

// embedsCopy reports whether what a type embeds has an M__pawl for the name of a method.
func (f *forwarding) embedsCopy(t types.Type, fn *types.Func, seen map[types.Type]bool) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return false
	}
	seen[t] = true
	for field := range s.Fields() {
		if e := gotypes.Origin(field.Type()); field.Embedded() && e != nil && (f.hasCopy(e, fn) || f.embedsCopy(e, fn, seen)) {
			return true
		}
	}
	return false
}

// hasCopy reports whether a type has an M__pawl of its own for the name of a method.
func (f *forwarding) hasCopy(t *types.Named, fn *types.Func) bool {
	if _, ok := f.made[forwarderKey{t, fn.Id()}]; ok {
		return true
	}
	for m := range t.Methods() {
		if m.Id() == fn.Id() {
			n, ok := f.g.nodes[m]
			return ok && f.g.Lowered[n] || decls.IsOperation(f.g.Index.Prog.Annotation(m)) && !types.IsInterface(t)
		}
	}
	return false
}
