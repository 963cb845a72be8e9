// This file decides which types can be recorded: those whose values JSON decodes as they were encoded.

package describe

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// fault is why a value of some type would not survive being recorded.
type fault struct {
	path   []string // steps from the value to the part at fault: ".Cart", "[]", ".hook"
	reason string
	fix    string
}

// in describes the fault of a value called name, starting with the part that has it.
func (f *fault) in(name string) string {
	if len(f.path) == 0 {
		return "it " + f.reason
	}
	return name + strings.Join(f.path, "") + " " + f.reason
}

// inResult is in for a value without a name. It uses the name of the type, or that of its elements, instead.
func (f *fault) inResult(t types.Type) string {
	path := f.path
	for len(path) > 0 && path[0] == "[]" {
		t, path = element(t), path[1:]
	}
	if len(path) == 0 && len(f.path) > 0 {
		return "an element of it " + f.reason
	}
	name := "it"
	if n := gotypes.Named(t); n != nil {
		name = n.Obj().Name()
	}
	return (&fault{path: path, reason: f.reason}).in(name)
}

// element returns the element type of a slice, array or map, or of a pointer to one.
func element(t types.Type) types.Type {
	for {
		switch u := t.Underlying().(type) {
		case *types.Pointer:
			t = u.Elem()
		case interface{ Elem() types.Type }:
			return u.Elem()
		default:
			return t
		}
	}
}

// encodable returns why the default codec cannot encode and decode t, or nil.
func encodable(t types.Type) *fault {
	e := encoder{seen: map[visit]bool{}}
	return e.check(t, nil, false)
}

// encoder walks a type once, however often it refers to itself.
type encoder struct {
	seen map[visit]bool
}

type visit struct {
	t           types.Type
	addressable bool
}

// check walks t. addressable means that a pointer leads to the value, so that its pointer methods count.
func (e *encoder) check(t types.Type, path []string, addressable bool) *fault {
	t = types.Unalias(t)
	if e.seen[visit{t, addressable}] {
		return nil
	}
	e.seen[visit{t, addressable}] = true
	if fault, decided := e.custom(t, path, addressable); decided {
		return fault
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return e.basic(u, path)
	case *types.Pointer:
		return e.check(u.Elem(), path, true)
	case *types.Slice:
		return e.check(u.Elem(), step(path, "[]"), true)
	case *types.Array:
		return e.check(u.Elem(), step(path, "[]"), addressable)
	case *types.Map:
		return e.mapping(u, path)
	case *types.Struct:
		return e.structure(t, u, path, addressable)
	case *types.Interface:
		return &fault{path, fmt.Sprintf("is an interface (%s), which does not determine the type to decode", short(t)), "use a concrete type, or take what JSON makes of it (a map, a list, a number …) with codec=json, or set a codec of your own with codec=…"}
	case *types.Chan:
		return &fault{path, "is a channel", "pass the values instead"}
	case *types.Signature:
		return &fault{path, "is a function", "pass the data that it works on, or a name to choose it by"}
	}
	return &fault{path, fmt.Sprintf("is of type %s", short(t)), "use a concrete type"}
}

// custom decides about types that bring their own encoding.
func (e *encoder) custom(t types.Type, path []string, addressable bool) (_ *fault, decided bool) {
	if _, named := t.(*types.Named); !named {
		return nil, false
	}
	pointer := types.NewPointer(t)
	for _, form := range []string{"JSON", "Text"} {
		writes, reads := hasMethod(t, "Marshal"+form), hasMethod(pointer, "Unmarshal"+form)
		writesByPointer := hasMethod(pointer, "Marshal"+form)
		if writesByPointer || reads {
			if from := promotedFrom(pointer, "Marshal"+form, "Unmarshal"+form); from != "" {
				return &fault{path, fmt.Sprintf("has type %s, which takes its JSON from the embedded %s, so its other fields would be dropped", short(t), from),
					"give " + from + " a field name, or implement MarshalJSON and UnmarshalJSON"}, true
			}
		}
		switch {
		case (writes || addressable && writesByPointer) && reads:
			return nil, true
		case writesByPointer && reads:
			return &fault{path, fmt.Sprintf("has type %s, whose Marshal%s has a pointer receiver, so encoding a plain value does not call it", short(t), form),
				"pass a pointer, or give Marshal" + form + " a value receiver"}, true
		case writesByPointer != reads:
			return &fault{path, fmt.Sprintf("has type %s, which has only one of Marshal%s and Unmarshal%[2]s", short(t), form), "implement both or neither"}, true
		}
	}
	return nil, false
}

func (e *encoder) basic(b *types.Basic, path []string) *fault {
	switch {
	case b.Kind() == types.Invalid: // the type-checker has reported it
		return nil
	case b.Info()&types.IsComplex != 0, b.Kind() == types.UnsafePointer:
		return &fault{path, fmt.Sprintf("is a %s, which JSON cannot encode", b.Name()), "pass its parts, or set a codec with codec=…"}
	}
	return nil
}

func (e *encoder) mapping(m *types.Map, path []string) *fault {
	key := m.Key()
	if writes, reads := hasMethod(key, "MarshalText"), hasMethod(types.NewPointer(key), "UnmarshalText"); writes != reads {
		return &fault{path, fmt.Sprintf("is a map with keys of type %s, which has only one of MarshalText and UnmarshalText", short(key)), "implement both or neither"}
	}
	b, basic := key.Underlying().(*types.Basic)
	text := hasMethod(key, "MarshalText") && hasMethod(types.NewPointer(key), "UnmarshalText")
	if !text && !(basic && b.Info()&(types.IsString|types.IsInteger) != 0) {
		return &fault{path, fmt.Sprintf("is a map with keys of type %s, which JSON cannot encode", short(key)), "use strings or integers as keys, or give the key type MarshalText and UnmarshalText"}
	}
	return e.check(m.Elem(), step(path, "[]"), false)
}

func (e *encoder) structure(t types.Type, s *types.Struct, path []string, addressable bool) *fault {
	for i := range s.NumFields() {
		f := s.Field(i)
		name, dropped := tagName(s.Tag(i))
		if dropped {
			continue
		}
		at := step(path, "."+f.Name())
		if embedded := embeddedStruct(f); embedded != nil && name == "" && (f.Exported() || promotes(f)) {
			_, pointer := f.Type().Underlying().(*types.Pointer)
			if !e.enter(embedded, addressable || pointer) {
				continue
			}
			if fault := e.structure(f.Type(), embedded, at, addressable || pointer); fault != nil {
				return fault
			}
			continue
		}
		if fault := e.field(t, f, at, addressable); fault != nil {
			return fault
		}
	}
	return clash(s, path)
}

// enter reports whether the fields of a struct are looked at for the first time.
func (e *encoder) enter(s *types.Struct, addressable bool) bool {
	v := visit{s, addressable}
	first := !e.seen[v]
	e.seen[v] = true
	return first
}

// promotedFrom returns the embedded type that a struct with other fields has one of some methods from; empty if there is none.
func promotedFrom(t types.Type, methods ...string) string {
	s, ok := t.(*types.Pointer).Elem().Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	fields := 0
	for i := range s.NumFields() {
		if _, dropped := tagName(s.Tag(i)); !dropped {
			fields++
		}
	}
	for _, method := range methods {
		if obj, index, _ := types.LookupFieldOrMethod(t, false, nil, method); obj != nil && len(index) > 1 && fields > 1 {
			return short(s.Field(index[0]).Type())
		}
	}
	return ""
}

func (e *encoder) field(owner types.Type, f *types.Var, path []string, addressable bool) *fault {
	if !f.Exported() && !promotes(f) {
		if importpath.IsStd(f.Pkg().Path()) {
			return &fault{path[:len(path)-1], fmt.Sprintf("is %s, whose unexported fields JSON would drop", article(short(owner))), "pass its contents in a type that JSON can encode"}
		}
		return &fault{path, fmt.Sprintf("is an unexported field of %s and would be dropped", short(owner)),
			`export it, tag it json:"-" if it is meant to be dropped, or give the type MarshalJSON and UnmarshalJSON`}
	}
	return e.check(f.Type(), path, addressable)
}

// promotes reports whether JSON reads and writes the fields of an unexported embedded struct as the outer one's.
func promotes(f *types.Var) bool {
	_, isStruct := f.Type().Underlying().(*types.Struct)
	return f.Embedded() && isStruct
}

func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	fn, ok := obj.(*types.Func)
	return ok && gotypes.IsSought(fn)
}

// step returns path with one more step, without changing other paths that share its start.
func step(path []string, s string) []string { return append(slices.Clip(path), s) }

// article puts a or an before a type's name.
func article(name string) string {
	if strings.ContainsRune("aeio", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

// short names a type by package name, as in code.
func short(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}
