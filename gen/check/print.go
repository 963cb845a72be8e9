package check

import (
	"go/ast"
	"go/types"
	"strings"
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
	if strings.HasSuffix(name, "f") && len(args) > 0 {
		s.formatted(args[0], args[1:])
		return
	}
	for _, arg := range args {
		s.shown(arg, 'v')
	}
}

// formatted matches the arguments with the verbs of their format. One that is not constant may have any verb.
func (s *scanner) formatted(format ast.Expr, args []ast.Expr) {
	text, constant := s.constantString(format)
	if !constant {
		s.formattedSomehow(args)
		return
	}
	for _, v := range verbs(text) {
		if v.arg < len(args) {
			s.shown(args[v.arg], v.verb)
		}
	}
}

// formattedSomehow rejects pointers as arguments of a format that only the running program knows: it may say %p.
func (s *scanner) formattedSomehow(args []ast.Expr) {
	for _, arg := range args {
		if t := s.info.TypeOf(arg); t != nil && isPointer(t) && !printsItself(t) {
			s.report(arg.Pos(), address, "print the value it points to, or make the format a constant",
				"prints a pointer by a format that is not constant and may show its address, which differs on every replay")
			continue
		}
		s.shown(arg, 'v')
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

func (s *scanner) shown(arg ast.Expr, verb rune) {
	t := s.info.TypeOf(arg)
	switch {
	case verb == 'p':
		s.report(arg.Pos(), address, "print the value itself", "prints an address with %%p, which differs on every replay")
	case verb == 'T' || verb == '*' || t == nil:
	case showsAddress(t, 0, map[types.Type]bool{}):
		s.report(arg.Pos(), address, "print the value it points to, or give the type a String method",
			"prints a value of type %s, and with it an address, which differs on every replay", types.TypeString(t, types.RelativeTo(s.n.pkg.Types)))
	}
}

// showsAddress reports whether %v prints an address for a value of type t: package fmt follows a pointer to a
// composite value at the top, and none further down. Types of other packages are trusted.
func showsAddress(t types.Type, depth int, seen map[types.Type]bool) bool {
	if seen[t] || printsItself(t) {
		return false
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && IsStd(n.Obj().Pkg().Path()) && depth > 0 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Pointer:
		return depth > 0 || !composite(u.Elem()) || showsAddress(u.Elem(), depth+1, seen)
	case *types.Slice:
		return showsAddress(u.Elem(), depth+1, seen)
	case *types.Array:
		return showsAddress(u.Elem(), depth+1, seen)
	case *types.Map:
		return showsAddress(u.Key(), depth+1, seen) || showsAddress(u.Elem(), depth+1, seen)
	case *types.Struct:
		for f := range u.Fields() {
			if showsAddress(f.Type(), depth+1, seen) {
				return true
			}
		}
	}
	return false
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
