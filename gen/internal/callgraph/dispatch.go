// Calls whose target depends on a dynamic type.

package callgraph

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Site is a call by dispatch. Either the program calls a method of an interface, which lowered code dispatches, or code
// outside the index calls a method of a value that it was given, which it cannot.
type Site struct {
	Pos   token.Pos
	ID    *ast.Ident             // the name of the interface's method; nil if lowered code cannot dispatch the call
	Paren token.Pos              // its opening parenthesis; NoPos if the method is taken as a value, or code outside calls it
	What  string                 // "Store.Save", "fmt.Sprint"
	Verb  string                 // "calls" or "uses"
	Iface *types.Interface       // what the value implements; nil for any
	Names []string               // the methods that may be called; nil for all exported ones
	Pkg   *types.Package         // whose names those are, if they are not exported
	Only  []types.Type           // the types that the value may have, if they are known; else all that occur
	Locks bool                   // the run has its own function for the call, which knows the lock types of package sync
	Match func(*types.Func) bool // what else is asked of a method; nil for nothing
}

// dispatcher resolves the calls by dispatch of one reach.
type dispatcher struct {
	g        *Graph
	r        *Reach
	types    []types.Type // that occur, in the order of the nodes, and error types that activities may return
	embedded map[embedding]bool
	found    map[question][]candidate
}

// question is what a site asks of the types that occur. Many sites ask the same.
type question struct {
	iface *types.Interface
	names string
	pkg   *types.Package
}

// candidate is a method that a call may end at, as far as types tell.
type candidate struct {
	t      types.Type
	method *types.Func
}

// embedding is a method that a struct has from an interface that it embeds, called by a site.
type embedding struct {
	call   token.Pos
	method *types.Func
}

// dispatch finds where all calls by dispatch of a reach may end.
func (g *Graph) dispatch(r *Reach) {
	r.Dynamic, r.Ends, r.occurrences = map[*Node][]Edge{}, nil, nil
	if g.Precise {
		g.findReceivers(r)
	}
	d := &dispatcher{g: g, r: r, types: g.occurring(r), embedded: map[embedding]bool{}, found: map[question][]candidate{}}
	for _, n := range r.Nodes {
		for _, s := range n.Sites {
			d.resolve(n, s)
		}
	}
}

// findReceivers brings the receivers of a reach up to date.
func (g *Graph) findReceivers(r *Reach) {
	if r.receivers == nil {
		var annotated []*types.Signature
		for _, p := range g.Index.Prog.Packages {
			for _, f := range p.Annotated {
				annotated = append(annotated, f.Obj.Signature())
			}
		}
		r.receivers = flow.NewReceivers(g.SSA(), g.Index.Errors, annotated)
	}
	for _, obj := range r.Objects() {
		r.receivers.Add(obj)
	}
}

// occurring are the types that occur in a reach, and then the error types that activities may return.
func (g *Graph) occurring(r *Reach) (ts []types.Type) {
	seen := map[types.Type]bool{}
	for _, n := range r.Nodes {
		for _, t := range n.Types {
			if !seen[t] {
				seen[t] = true
				ts = append(ts, t)
			}
		}
	}
	visible := map[*types.Package]bool{}
	addImports(r.Root.Pkg.Types, visible)
	for _, t := range g.Index.Errors {
		if !seen[t] && visible[t.Obj().Pkg()] {
			ts = append(ts, t)
		}
	}
	return ts
}

// addImports adds a package and everything that it imports.
func addImports(p *types.Package, seen map[*types.Package]bool) {
	if seen[p] {
		return
	}
	seen[p] = true
	for _, i := range p.Imports() {
		addImports(i, seen)
	}
}

func (d *dispatcher) resolve(from *Node, s Site) {
	for _, c := range d.candidates(s) {
		if s.Match != nil && !s.Match(c.method) {
			continue
		}
		if d.r.receivers == nil || !s.Paren.IsValid() || d.r.receivers.May(s.Paren, c.t) {
			d.target(from, s, c.t, c.method)
		}
	}
}

func (d *dispatcher) candidates(s Site) (all []candidate) {
	if s.Only != nil {
		for _, t := range s.Only {
			all = appendCandidates(all, t, methodsOf(t, s))
		}
		return all
	}
	q := question{s.Iface, strings.Join(s.Names, " "), s.Pkg}
	if all, ok := d.found[q]; ok {
		return all
	}
	for _, t := range d.types {
		all = appendCandidates(all, t, d.g.answer(q, t, s))
	}
	d.found[q] = all
	return all
}

func appendCandidates(all []candidate, t types.Type, methods []*types.Func) []candidate {
	for _, fn := range methods {
		all = append(all, candidate{t, fn})
	}
	return all
}

// answer are the methods of a type that answer a question. It is remembered, because every round asks again.
func (g *Graph) answer(q question, t types.Type, s Site) []*types.Func {
	known := g.matching[q]
	if known == nil {
		known = map[types.Type][]*types.Func{}
		g.matching[q] = known
	}
	methods, ok := known[t]
	if !ok {
		if g.fits(t, s) {
			methods = methodsOf(t, s)
		}
		known[t] = methods
	}
	return methods
}

// fits reports whether values of a type can be in the interface of a site. Type arguments are not known here: of a
// generic type or interface, only the names of the methods count.
func (g *Graph) fits(t types.Type, s Site) bool {
	if s.Iface == nil || s.Iface.Empty() {
		n := gotypes.Origin(t)
		return n == nil || g.Index.Has(n.Obj())
	}
	if !gotypes.IsGeneric(t) && s.Iface.IsMethodSet() && !gotypes.ParametricMethods(s.Iface) {
		return types.Implements(types.NewPointer(t), s.Iface)
	}
	for m := range s.Iface.Methods() {
		if gotypes.LookupMethod(t, m.Pkg(), m.Name()) == nil {
			return false
		}
	}
	return true
}

// methodsOf are the methods of a type that a site names; if it names none, all exported methods.
func methodsOf(t types.Type, s Site) (methods []*types.Func) {
	if s.Names == nil {
		for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
			if fn, ok := m.Obj().(*types.Func); ok && fn.Exported() {
				methods = append(methods, fn)
			}
		}
		return methods
	}
	for _, name := range s.Names {
		if fn := gotypes.LookupMethod(t, s.Pkg, name); fn != nil && !slices.Contains(methods, fn) {
			methods = append(methods, fn)
		}
	}
	return methods
}

// target adds a method that a call may end at.
func (d *dispatcher) target(from *Node, s Site, t types.Type, method *types.Func) {
	if s.ID != nil {
		d.addOccurrence(from, s.ID, t, method)
	}
	method = method.Origin()
	annotation := d.g.Index.Prog.Annotation(method)
	_, declared := d.g.Index.Funcs[method]
	switch {
	case decls.IsOperation(annotation) && s.ID != nil:
	case annotation == nil && gotypes.IsInterfaceMethod(method):
		d.resolveEmbedded(from, s, method)
	case annotation == nil && declared:
		d.r.Dynamic[from] = append(d.r.Dynamic[from], Edge{
			Pos: s.Pos, To: d.g.Function(method), Verb: s.Verb + " " + s.What + ", here", Value: s.Verb == "uses", Via: s.ID,
		})
	case annotation == nil && d.g.Index.Has(method): // generated for callers outside of workflows
	default:
		if f := d.g.End(from, s, t, method); f != nil {
			d.r.Ends = append(d.r.Ends, End{from, *f})
		}
	}
}

// resolveEmbedded goes on with the interface that a struct embeds.
func (d *dispatcher) resolveEmbedded(from *Node, s Site, method *types.Func) {
	key := embedding{s.Pos, method}
	if d.embedded[key] {
		return
	}
	d.embedded[key] = true
	s.Paren, s.Only, s.Names, s.Pkg = token.NoPos, nil, []string{method.Name()}, method.Pkg()
	s.Iface = method.Signature().Recv().Type().Underlying().(*types.Interface)
	d.resolve(from, s)
}

// addOccurrence records where a call that lowered code dispatches may end.
func (d *dispatcher) addOccurrence(from *Node, id *ast.Ident, t types.Type, method *types.Func) {
	o := occurrence{from: from, id: id, t: t, method: method}
	if a := d.g.Index.Prog.Annotation(method); decls.IsOperation(a) {
		o.operation = fmt.Sprintf("%s %s", a.Kind, gotypes.NameIn(from.Pkg.Types, method.Origin()))
	} else if _, ok := d.g.Index.Funcs[method.Origin()]; ok {
		o.to = d.g.Function(method)
	}
	d.r.occurrences = append(d.r.occurrences, o)
}
