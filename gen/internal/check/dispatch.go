package check

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
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about calls whose target depends on a dynamic type. Whatever value a workflow has was made in the code
// that it reaches, returned by an activity, or given by the standard library: the types that occur there are all that
// such a call can meet.

// site is a call by dispatch: of an interface's method, which lowered code sends to the twin of whatever is there, or by
// code outside of the module, which cannot.
type site struct {
	pos   token.Pos
	id    *ast.Ident       // the name of the interface's method; nil if code outside of the module makes the call
	call  token.Pos        // its parenthesis; NoPos if the method is taken as a value, or code outside makes the call
	what  string           // as the reader sees it: "Store.Save", "fmt.Sprint"
	verb  string           // "calls" or "uses"
	iface *types.Interface // what the value implements; nil for any
	names []string         // the methods that may be called; nil for all exported ones
	pkg   *types.Package   // whose names those are, if they are not exported
	only  []types.Type     // the types that it may meet, if they are known; else all that occur
	twin  bool             // the run has its own of the method, which knows the types of the standard library
}

// ending is a dynamic call that ends where it may not.
type ending struct {
	from *node
	finding
}

// dynamic enters a call of an interface's method.
func (s *scanner) dynamic(id *ast.Ident, fn *types.Func, verb string) {
	iface := fn.Signature().Recv().Type()
	what := s.name(fn)
	if fn.Pkg() == nil {
		what = "error." + fn.Name()
	}
	if named := gotypes.Receiver(fn); named != nil && s.index.IsActivityInterface(named) {
		s.report(id.Pos(), activityState, "annotate it as an activity, or call it in one", "%s %s, which is not annotated: in a workflow only the activities of the interface are there", verb, what)
		return
	}
	twin := stdlib.IsDurable(fn)
	if twin {
		s.std(id.Pos(), fn, verb, verb == "uses", id)
	} else if fn.Pkg() != nil && !s.index.Has(fn) && !stdlib.IsErrorMethod(fn.Name()) && stdlib.Lookup(fn.Pkg().Path(), gotypes.LocalName(fn)).Verdict != stdlib.Allowed {
		s.foreign(id.Pos(), verb, fn)
		return
	}
	s.n.sites = append(s.n.sites, site{
		pos: id.Pos(), id: s.dispatchable(id, twin), call: s.parenthesis(), what: what, verb: verb,
		names: []string{fn.Name()}, pkg: fn.Pkg(), iface: iface.Underlying().(*types.Interface), twin: twin,
	})
}

// parenthesis is that of the call of the name on top of the stack; NoPos if it is not called.
func (s *scanner) parenthesis() token.Pos {
	if _, call := gotypes.Reference(s.stack); call != nil {
		return call.Lparen
	}
	return token.NoPos
}

// dispatchable is the name of a call that lowering can dispatch: not one in the initialiser of a variable, where there
// is no run, not one in code of another module, which is not lowered, and not one for which the run has a function.
func (s *scanner) dispatchable(id *ast.Ident, twin bool) *ast.Ident {
	if s.n.v != nil || s.index.IsExternal(s.n.pkg) || twin {
		return nil
	}
	return id
}

// annotatedInterface reports whether any method of an interface is an activity or a step.
func (c *checker) annotatedInterface(t *types.Named) bool {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range iface.Methods() {
		if c.prog.Annotation(m) != nil {
			return true
		}
	}
	return false
}

// callbacks enters the methods of its arguments that a function outside of the module may call: those of the parameter's
// interface, and those that the standard library looks for in any value.
func (s *scanner) callbacks(call *ast.CallExpr, callee *types.Func) {
	sig, ok := s.info.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		return
	}
	facts := stdlib.Of(callee)
	for i, arg := range call.Args {
		param := gotypes.ParamType(sig, i)
		if param == nil || !types.IsInterface(param) {
			continue
		}
		c := site{
			pos: arg.Pos(), what: gotypes.NameIn(nil, callee), verb: "calls", twin: facts.TakesLocks,
			names: slices.Concat(methodNames(param), facts.CallsMethods),
		}
		if facts.CallsAnyMethod {
			c.names = nil
		}
		s.callback(c, s.info.TypeOf(arg))
	}
}

// callback enters calls of the methods of a value of type t: those of the types that it is known to consist of, and of
// all that occur if it is open to them.
func (s *scanner) callback(c site, t types.Type) {
	if _, tuple := t.(*types.Tuple); tuple || t == nil {
		return
	}
	if iface, ok := t.Underlying().(*types.Interface); ok {
		c.iface = iface
		s.n.sites = append(s.n.sites, c)
		return
	}
	only, open := s.namedWithin(t)
	if len(only) > 0 {
		known := c
		known.only = only
		s.n.sites = append(s.n.sites, known)
	}
	if open {
		s.n.sites = append(s.n.sites, c)
	}
}

func methodNames(t types.Type) (names []string) {
	for m := range t.Underlying().(*types.Interface).Methods() {
		names = append(names, m.Name())
	}
	return names
}

// namedWithin are the named types from outside of the standard library that a value of type t consists of. It is open
// to others if it has an interface inside.
func (c *checker) namedWithin(t types.Type) (ts []types.Type, open bool) {
	named, open := gotypes.NamedWithin(t, func(n *types.Named) bool { return c.index.Has(n.Obj()) })
	for _, n := range named {
		path := n.Obj().Pkg().Path()
		if c.index.Has(n.Obj()) || !importpath.IsStd(path) && !importpath.IsEngine(path) {
			ts = append(ts, n)
		}
	}
	return ts, open
}

// dispatcher resolves the dynamic calls of one workflow.
type dispatcher struct {
	*checker
	r     *reach
	met   []types.Type // candidates that occur, in the order of the nodes
	errs  []types.Type // error types that activities may return besides
	done  map[embedding]bool
	found map[question][]offer
}

// question is what a dynamic call asks of the types that occur; many calls ask the same.
type question struct {
	iface *types.Interface
	names string
	pkg   *types.Package
}

// offer is a method that answers a question.
type offer struct {
	t  types.Type
	fn *types.Func
}

// embedding is a method that a struct has from an interface which it embeds, as a dynamic call may meet it.
type embedding struct {
	call token.Pos
	fn   *types.Func
}

// dispatch finds the targets of all dynamic calls in reach.
func (c *checker) dispatch(r *reach) {
	r.dynamic, r.dead, r.met = map[*node][]edge{}, nil, nil
	d := &dispatcher{checker: c, r: r, done: map[embedding]bool{}, found: map[question][]offer{}}
	if c.precise {
		c.receivers(r)
	}
	d.collect()
	for _, n := range r.nodes {
		for _, s := range n.sites {
			d.resolve(n, s)
		}
	}
}

// receivers brings the receivers of a reach up to date.
func (c *checker) receivers(r *reach) {
	if r.receivers == nil {
		var annotated []*types.Signature
		for _, p := range c.prog.Packages {
			for _, f := range p.Annotated {
				annotated = append(annotated, f.Obj.Signature())
			}
		}
		r.receivers = flow.NewReceivers(c.ssa(), c.index.Errors, annotated)
	}
	for _, obj := range r.objects() {
		r.receivers.Add(obj)
	}
}

func (d *dispatcher) collect() {
	seen := map[types.Type]bool{}
	for _, n := range d.r.nodes {
		for _, t := range n.types {
			if !seen[t] {
				seen[t] = true
				d.met = append(d.met, t)
			}
		}
	}
	visible := map[*types.Package]bool{}
	imports(d.r.root.pkg.Types, visible)
	for _, t := range d.index.Errors {
		if !seen[t] && visible[t.Obj().Pkg()] {
			d.errs = append(d.errs, t)
		}
	}
}

// imports enters a package and everything it imports.
func imports(p *types.Package, seen map[*types.Package]bool) {
	if seen[p] {
		return
	}
	seen[p] = true
	for _, i := range p.Imports() {
		imports(i, seen)
	}
}

// resolve finds the targets of one dynamic call.
func (d *dispatcher) resolve(from *node, s site) {
	for _, o := range d.offers(s) {
		if d.r.receivers == nil || !s.call.IsValid() || d.r.receivers.May(s.call, o.t) {
			d.target(from, s, o.t, o.fn)
		}
	}
}

// offers are the methods that a dynamic call may end at, as far as types tell.
func (d *dispatcher) offers(s site) (all []offer) {
	if s.only != nil {
		for _, t := range s.only {
			all = appendOffers(all, t, methodsOf(t, s))
		}
		return all
	}
	q := question{s.iface, strings.Join(s.names, " "), s.pkg}
	if all, ok := d.found[q]; ok {
		return all
	}
	for _, t := range slices.Concat(d.met, d.errs) {
		all = appendOffers(all, t, d.answer(q, t, s))
	}
	d.found[q] = all
	return all
}

func appendOffers(all []offer, t types.Type, fns []*types.Func) []offer {
	for _, fn := range fns {
		all = append(all, offer{t, fn})
	}
	return all
}

// answer are the methods of a type that answer a question, which is asked again in every round.
func (d *dispatcher) answer(q question, t types.Type, s site) []*types.Func {
	known := d.answers[q]
	if known == nil {
		known = map[types.Type][]*types.Func{}
		d.answers[q] = known
	}
	fns, ok := known[t]
	if !ok {
		if d.fits(t, s) {
			fns = methodsOf(t, s)
		}
		known[t] = fns
	}
	return fns
}

// fits reports whether values of a type can be behind the interface of a dynamic call. Type arguments are not known
// here: of a generic type or interface, only the names of the methods count.
func (d *dispatcher) fits(t types.Type, s site) bool {
	if s.iface == nil || s.iface.Empty() {
		return gotypes.Origin(t) == nil || d.index.Has(gotypes.Origin(t).Obj())
	}
	if !gotypes.IsGeneric(t) && s.iface.IsMethodSet() && !gotypes.ParametricMethods(s.iface) {
		return types.Implements(types.NewPointer(t), s.iface)
	}
	for m := range s.iface.Methods() {
		if gotypes.LookupMethod(t, m.Pkg(), m.Name()) == nil {
			return false
		}
	}
	return true
}

// methodsOf are the methods of a type that a dynamic call names; if it names none, all exported methods.
func methodsOf(t types.Type, s site) (methods []*types.Func) {
	if s.names == nil {
		set := types.NewMethodSet(types.NewPointer(t))
		for i := range set.Len() {
			if fn, ok := set.At(i).Obj().(*types.Func); ok && fn.Exported() {
				methods = append(methods, fn)
			}
		}
		return methods
	}
	for _, name := range s.names {
		if fn := gotypes.LookupMethod(t, s.pkg, name); fn != nil && !slices.Contains(methods, fn) {
			methods = append(methods, fn)
		}
	}
	return methods
}

// target handles one method that a dynamic call may end at.
func (d *dispatcher) target(from *node, s site, t types.Type, fn *types.Func) {
	if s.id != nil {
		d.meet(from, s.id, t, fn)
	}
	fn = fn.Origin()
	here := gotypes.TypeName(from.pkg.Types, t) + "." + fn.Name()
	a := d.prog.Annotation(fn)
	switch {
	case decls.IsOperation(a) && s.id != nil:
	case decls.IsOperation(a):
		d.end(from, s, dynamicDurable, dynamicCure, fmt.Sprintf("%s %s through %s, which does not know the run", a.Kind, here, s.what))
	case decls.IsWorkflow(a):
		d.end(from, s, childWorkflow, "child workflows come with a later release", "workflow "+here)
	case gotypes.IsInterfaceMethod(fn):
		d.embedded(from, s, fn)
	case d.index.Has(fn):
		if _, ok := d.index.Funcs[fn]; ok {
			d.r.dynamic[from] = append(d.r.dynamic[from], edge{
				pos: s.pos, to: d.function(fn), verb: s.verb + " " + s.what + ", here", value: s.verb == "uses", via: s.id,
			})
		}
	default:
		d.foreign(from, s, here, fn)
	}
}

// embedded goes on with the interface that a struct embeds.
func (d *dispatcher) embedded(from *node, s site, fn *types.Func) {
	key := embedding{s.pos, fn}
	if d.done[key] {
		return
	}
	d.done[key] = true
	s.call, s.only, s.names, s.pkg = token.NoPos, nil, []string{fn.Name()}, fn.Pkg()
	s.iface = fn.Signature().Recv().Type().Underlying().(*types.Interface)
	d.resolve(from, s)
}

// foreign handles a method from outside of the module.
func (d *dispatcher) foreign(from *node, s site, here string, fn *types.Func) {
	if fn.Pkg() == nil || pureErrorMethod(fn) {
		return
	}
	if s.id == nil && fn.Pkg().Path() == "time" && unmarshals(fn) {
		return // the decoder that calls it is looked after, or refused
	}
	switch e := stdlib.Lookup(fn.Pkg().Path(), gotypes.LocalName(fn)); e.Verdict {
	case stdlib.Allowed:
	case stdlib.Durable: // its twin is no method, so nothing can dispatch to it
		if s.twin {
			return
		}
		d.end(from, s, dynamicDurable, stdType, fmt.Sprintf("%s through %s, which does not know the run", here, s.what))
	default:
		if e.Rule == stdlib.UnknownModule {
			d.unknown[fn.Pkg().Path()] = true
		}
		d.end(from, s, e.Rule, e.Fix, fmt.Sprintf("%s through %s, which %s", here, s.what, e.Why))
	}
}

// Behind sync.Locker the run knows the locks of package sync, and behind other interfaces those of the author's own types.
const (
	ownLock = "call it by its own type, or through an interface of your own; or embed the *sync.Mutex or *sync.RWMutex\nthat it uses, which sync.Locker may hold"
	stdType = "call it by its own type; a lock may also be behind sync.Locker"
)

const dynamicCure = "call it in workflow code and pass on what it gives, or pass a function literal that calls it"

func (d *dispatcher) end(from *node, s site, rule, fix, what string) {
	d.r.dead = append(d.r.dead, ending{from, finding{
		pos: s.pos, rule: rule, fix: fix, message: from.subject() + " " + s.verb + " " + what,
	}})
}
