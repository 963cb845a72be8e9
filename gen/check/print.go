package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// This file finds addresses that are made into text.

// printed rejects calls of package fmt that print an address: %p, a pointer inside of something, a channel, a function.
func (s *scanner) printed(call *ast.CallExpr, name string) {
	if !strings.HasPrefix(name, "Sprint") && !strings.HasPrefix(name, "Append") && !strings.HasPrefix(name, "Fprint") && name != "Errorf" {
		return
	}
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
		s.shown(p.of(i, arg), arg, 'v')
	}
}

// printing is an argument of a call that prints it.
type printing struct {
	pos    token.Pos
	call   token.Pos // the parenthesis
	arg    int       // among the variadic ones
	spread bool      // they are all in one list
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
			s.shown(p.of(v.arg, args[v.arg]), args[v.arg], v.verb)
		}
	}
}

// formattedSomehow rejects pointers as arguments of a format that only the running program knows: it may say %p.
func (s *scanner) formattedSomehow(p printing, args []ast.Expr) {
	for i, arg := range args {
		if t := s.info.TypeOf(arg); t != nil && isPointer(t) && !printsItself(t) {
			s.report(arg.Pos(), address, "print the value it points to, or make the format a constant",
				"prints a pointer by a format that is not constant and may show its address, which differs on every replay")
			continue
		}
		s.shown(p.of(i, arg), arg, 'v')
	}
}

// verb is what a format does with an argument; a star takes one as well.
type verb struct {
	verb rune
	arg  int // counted from 0
}

// verbs are those of a format. An explicit index, [3], says which argument is next.
func verbs(format string) (vs []verb) {
	in, index, next := false, -1, 0
	for _, r := range format {
		switch {
		case !in:
			in = r == '%'
		case r == '[':
			index = 0
		case r == ']':
			next, index = max(0, index-1), -1
		case index >= 0:
			index = index*10 + int(r-'0')
		case r == '%':
			in = false
		case !strings.ContainsRune("+-# 0123456789.", r):
			vs = append(vs, verb{r, next})
			next++
			in = r == '*'
		}
	}
	return vs
}

func (s *scanner) shown(p printing, arg ast.Expr, verb rune) {
	t, open := s.info.TypeOf(arg), false
	switch {
	case verb == 'p':
		s.report(arg.Pos(), address, "print the value itself", "prints an address with %%p, which differs on every replay")
	case verb == 'T' || verb == '*' || t == nil:
	case showsAddress(t, func(interior) bool { open = true; return false }):
		s.report(arg.Pos(), address, printValue, "prints a value of type %s, and with it an address, which differs on every replay", types.TypeString(t, types.RelativeTo(s.n.pkg.Types)))
	case open:
		s.n.prints = append(s.n.prints, p)
	}
}

const printValue = "print the value it points to, or give the type a String method"

// addresses reports what is printed through interfaces of which the types alone do not say what is in them.
func (c *checker) addresses(r *reach) {
	var vs *values
	for _, n := range r.nodes {
		for _, p := range n.prints {
			if vs == nil {
				if vs = c.valuesOf(r); vs == nil {
					return
				}
			}
			if t := vs.address(p); t != nil {
				n.once(finding{pos: p.pos, rule: address, fix: printValue, message: fmt.Sprintf("%s may print a value of type %s, and with it an address, which differs on every replay",
					n.subject(), types.TypeString(t, types.RelativeTo(n.pkg.Types)))})
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

// address is the type of a value that prints an address, among those that may be printed; nil if there is none.
func (v *values) address(p printing) types.Type {
	asked := map[interior]bool{}
	var holds func(interior) bool
	holds = func(in interior) bool {
		if in.place == (place{}) {
			return in.hidden // an error of the library's, which is a pointer
		}
		if asked[in] {
			return false
		}
		asked[in] = true
		return slices.ContainsFunc(v.put(func(t *tracer) { t.at(in.place) }), func(t types.Type) bool {
			return (&shower{open: holds}).shows(t, interior{inner: in.inner, hidden: in.hidden})
		})
	}
	var shown []types.Type
	for _, site := range v.sites[p.call] {
		for _, t := range v.printed(p, site.Common()) {
			if clear(asked); showsAddress(t, holds) {
				shown = append(shown, t)
			}
		}
	}
	if len(shown) == 0 {
		return nil
	}
	return slices.MinFunc(shown, func(a, b types.Type) int { return cmp.Compare(a.String(), b.String()) })
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

// showsAddress reports whether %v prints an address for a value of type t. What is behind an interface inside of it, open
// says.
func showsAddress(t types.Type, open func(interior) bool) bool {
	return (&shower{open: open}).shows(t, interior{})
}

// interior is where a part of a printed value is.
type interior struct {
	place  place // that holds the part; zero for the whole
	inner  bool  // in something else
	hidden bool  // in a field that is not exported: package fmt does not call methods there
}

// shower looks at one printed value.
type shower struct {
	open func(interior) bool
	seen []shownType
}

type shownType struct {
	t      types.Type
	hidden bool
}

// shows reports whether an address is printed for a part of type t: package fmt follows a pointer to a composite value at
// the top, and none further down. Types of the standard library are trusted where their methods are called.
func (s *shower) shows(t types.Type, in interior) bool {
	switch {
	case slices.Contains(s.seen, shownType{t, in.hidden}):
		return false
	case isReflected(t):
		return s.open(in)
	case !in.hidden && (printsItself(t) || in.inner && isStdValue(t)):
		return false
	}
	s.seen = append(s.seen, shownType{t, in.hidden})
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Interface:
		return s.open(in)
	case *types.Pointer:
		return in.inner || !composite(u.Elem()) || s.shows(u.Elem(), in.at(of(behind, u.Elem())))
	case *types.Slice:
		return s.shows(u.Elem(), in.at(of(element, u.Elem())))
	case *types.Array:
		return s.shows(u.Elem(), in.at(of(element, u.Elem())))
	case *types.Map:
		return s.shows(u.Key(), in.at(of(mapKey, t))) || s.shows(u.Elem(), in.at(of(mapValue, t)))
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

func (in interior) at(p place) interior { return interior{p, true, in.hidden} }

// isStdValue reports whether a type is one of the standard library's, and no interface.
func isStdValue(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && IsStd(n.Obj().Pkg().Path()) && !types.IsInterface(t)
}

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

// printsItself reports whether a type has a method that package fmt calls to print it.
func printsItself(t types.Type) bool {
	for _, name := range []string{"Error", "String", "Format"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}
