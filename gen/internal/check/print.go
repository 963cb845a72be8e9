package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file finds addresses that are made into text.

// printed rejects calls that print an address: %p, a pointer inside of something, a channel, a function.
func (s *scanner) printed(call *ast.CallExpr, name string) {
	args := call.Args
	if strings.HasPrefix(name, "Append") || strings.HasPrefix(name, "Fprint") {
		args = args[min(1, len(args)):]
	}
	p := printing{call: call.Lparen}
	switch {
	case strings.HasSuffix(name, "f") && len(args) > 0 && !call.Ellipsis.IsValid():
		s.formatted(p, args[0], args[1:])
		return
	case strings.HasSuffix(name, "f"):
		args = args[min(1, len(args)):]
	}
	p.spread = call.Ellipsis.IsValid()
	for i, arg := range args {
		s.shown(p.of(i, arg), arg, plainly)
	}
}

// printing is an argument of a call that prints it.
type printing struct {
	pos    token.Pos
	call   token.Pos // the parenthesis
	arg    int       // among the variadic ones
	spread bool      // they are all in one list
	value  bool      // by a function value, which may print or not
	verb   verb
}

func (p printing) of(i int, arg ast.Expr) printing {
	p.arg, p.pos = i, arg.Pos()
	return p
}

// formatted matches the arguments with the verbs of their format. One that is not constant may have any verb.
func (s *scanner) formatted(p printing, format ast.Expr, args []ast.Expr) {
	text, constant := s.constantString(format)
	if !constant {
		s.formattedSomehow(p, args)
		return
	}
	for _, v := range verbs(text) {
		if v.arg < len(args) {
			s.shown(p.of(v.arg, args[v.arg]), args[v.arg], v)
		}
	}
}

// formattedSomehow rejects pointers as arguments of a format that only the running program knows: it may say %p.
func (s *scanner) formattedSomehow(p printing, args []ast.Expr) {
	for i, arg := range args {
		if t := s.info.TypeOf(arg); t != nil && gotypes.IsPointer(t) && !hasAny(t, plainly.methods()) {
			s.report(arg.Pos(), address, "print the value it points to, or make the format a constant",
				"prints a pointer by a format that is not constant and may show its address, which differs on every replay")
			continue
		}
		s.shown(p.of(i, arg), arg, plainly)
	}
}

func (s *scanner) shown(p printing, arg ast.Expr, v verb) {
	t, look := s.info.TypeOf(arg), shower{methods: v.methods()}
	open := false
	look.open = func(interior) bool { open = true; return false }
	switch {
	case v.verb == 'p':
		s.report(arg.Pos(), address, "print the value itself", "prints an address with %%p, which differs on every replay")
	case v.verb == 'T' || v.verb == '*' || t == nil:
	case look.shows(t, interior{}):
		s.report(arg.Pos(), address, look.cure(), "prints a value of type %s, and with it %s", types.TypeString(t, types.RelativeTo(s.n.pkg.Types)), look.why())
	case open:
		p.verb = v
		s.n.prints = append(s.n.prints, p)
	}
}

const (
	printValue = "print the value it points to, or give the type a String method"
	printKeys  = "key the map by something with an order, or print its entries in an order of your own"
)

// addresses reports what is printed through interfaces of which the types alone do not say what is in them.
func (c *checker) addresses(r *reach) {
	var vs *values
	for _, n := range r.nodes {
		for _, p := range n.prints {
			if vs == nil {
				vs = c.valuesOf(r)
			}
			if t, look := vs.address(p); t != nil {
				n.once(finding{pos: p.pos, rule: address, fix: look.cure(), message: fmt.Sprintf("%s may print a value of type %s, and with it %s",
					n.subject(), types.TypeString(t, types.RelativeTo(n.pkg.Types)), look.why())})
			}
		}
	}
}

// once enters a finding unless it is there.
func (n *node) once(f finding) {
	if !slices.Contains(n.findings, f) {
		n.findings = append(n.findings, f)
	}
}

// address is the type of a value that prints an address, among those that may be printed, and how it was found; nil if
// there is none.
func (v *values) address(p printing) (shown types.Type, by shower) {
	for _, site := range v.sites[p.call] {
		if p.value && !v.callsPrinter(site) {
			continue
		}
		for _, way := range v.ways(p, site.Common()) {
			for _, t := range v.printed(p, site.Common()) {
				if look := v.look(way); look.shows(t, interior{}) && (shown == nil || t.String() < shown.String()) {
					shown, by = t, *look
				}
			}
		}
	}
	return shown, by
}

// look is a shower that looks behind interfaces, at all that is put into them.
func (v *values) look(by verb) *shower {
	top, asked := &shower{methods: by.methods(), pointers: by.followsNone()}, map[interior]bool{}
	top.open = func(in interior) bool {
		if in.place == (place{}) {
			return in.hidden // an error of the library's, which is a pointer
		}
		if asked[in] {
			return false
		}
		asked[in] = true
		return slices.ContainsFunc(v.put(func(t *tracer) { t.at(in.place) }), func(t types.Type) bool {
			part := shower{methods: top.methods, open: top.open}
			shows := part.shows(t, interior{inner: in.inner, hidden: in.hidden, key: in.key})
			top.sorts = top.sorts || part.sorts
			return shows
		})
	}
	return top
}

// printed are the types of the values that one argument may be.
func (v *values) printed(p printing, call *ssa.CallCommon) []types.Type {
	list := call.Args[len(call.Args)-1]
	if p.spread {
		return v.put(func(t *tracer) { t.spread(list) })
	}
	if s, ok := list.(*ssa.Slice); ok {
		if array, ok := s.X.(*ssa.Alloc); ok {
			return v.put(func(t *tracer) { t.trace(arguments(array)[p.arg]) })
		}
	}
	return nil
}

// interior is where a part of a printed value is.
type interior struct {
	place  place // that holds the part; zero for the whole
	inner  bool  // in something else
	hidden bool  // in a field that is not exported: package fmt does not call methods there
	key    bool  // the keys of a map, which package fmt sorts
}

// shower looks at one printed value.
type shower struct {
	methods  []string            // that package fmt calls in place of printing
	pointers bool                // are printed as addresses, even if they are the whole
	open     func(interior) bool // whether an address is printed for what is behind an interface
	sorts    bool                // what was found is a map, printed in the order of addresses
	seen     []shownType
}

// why is what is wrong with what is printed.
func (s *shower) why() string {
	if s.sorts {
		return "the entries of a map in the order of addresses, which differs on every replay"
	}
	return "an address, which differs on every replay"
}

func (s *shower) cure() string {
	if s.sorts {
		return printKeys
	}
	return printValue
}

type shownType struct {
	t           types.Type
	hidden, key bool
}

// shows reports whether an address is printed for a part of type t: package fmt follows a pointer to a composite value at
// the top, and none further down.
func (s *shower) shows(t types.Type, in interior) bool {
	switch {
	case slices.Contains(s.seen, shownType{t, in.hidden, in.key}):
		return false
	case isReflected(t):
		return s.open(in)
	case in.key && !types.IsInterface(t) && !gotypes.Ordered(t): // a type parameter is an interface here
		s.sorts = true
		return true
	case !in.hidden && !in.key && hasAny(t, s.methods):
		return false
	}
	s.seen = append(s.seen, shownType{t, in.hidden, in.key})
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Interface:
		return s.open(in)
	case *types.Pointer:
		return in.inner || s.pointers || !composite(u.Elem()) || s.shows(u.Elem(), in.at(of(behind, u.Elem())))
	case *types.Slice:
		return s.shows(u.Elem(), in.at(of(element, u.Elem())))
	case *types.Array:
		return s.shows(u.Elem(), in.at(of(element, u.Elem())))
	case *types.Map:
		keys := in.at(of(mapKey, t))
		keys.key = true
		return s.shows(u.Key(), keys) || s.shows(u.Elem(), in.at(of(mapValue, t)))
	case *types.Struct:
		for i := range u.NumFields() {
			part := in.at(fieldOf(t, i))
			part.hidden = in.hidden || !u.Field(i).Exported()
			if s.shows(u.Field(i).Type(), part) {
				return true
			}
		}
	}
	return false
}

func (in interior) at(p place) interior { return interior{place: p, inner: true, hidden: in.hidden} }

func isReflected(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "reflect" && n.Obj().Name() == "Value"
}

// composite reports whether package fmt prints what a pointer to the type points to.
func composite(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Map, *types.Slice, *types.Array:
		return true
	}
	return false
}

// hasAny reports whether a type has one of some methods that package fmt calls.
func hasAny(t types.Type, methods []string) bool {
	return slices.ContainsFunc(methods, func(name string) bool {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
		fn, method := obj.(*types.Func)
		return method && (name != "Format" || fn.Signature().Params().Len() == 2) // time.Time has one of its own
	})
}
