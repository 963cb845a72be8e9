// Pieces of Go syntax: names, variables, literals.

package emit

import (
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// abi names something of package abi.
func abi(name string) *jen.Statement { return jen.Qual(abiPath, name) }

func ref(r ir.Ref) *jen.Statement { return jen.Qual(r.Pkg.Path, r.Name) }

// pointerTo writes a type that is declared in a package, or the pointer to it.
func pointerTo(t ir.Ref, pointer bool) *jen.Statement {
	if pointer {
		return jen.Op("*").Add(ref(t))
	}
	return ref(t)
}

// ctxParam writes ctx context.Context.
func ctxParam(name string) *jen.Statement { return jen.Id(name).Qual("context", "Context") }

// runParam writes _run *abi.Run.
func (w *writer) runParam() *jen.Statement { return jen.Id(w.names.run).Op("*").Add(abi("Run")) }

// variable is a parameter, a result or a local variable.
type variable struct {
	name   string
	prefix string // of the type: "..." or "[]"
	typ    ir.Type
	joined bool // it shares its type with the variable before
}

// declarations writes variables for a parameter list or for var: a, b string and n int. Variables share a type where the
// author wrote it once.
func declarations(vars []variable) (decls []jen.Code) {
	for len(vars) > 0 {
		n := 1
		for n < len(vars) && vars[n].joined {
			n++
		}
		decl := jen.ListFunc(func(g *jen.Group) {
			for _, v := range vars[:n] {
				g.Id(v.name)
			}
		})
		if vars[0].prefix != "" {
			decl.Op(vars[0].prefix)
		}
		decls, vars = append(decls, decl.Add(typ(vars[0].typ))), vars[n:]
	}
	return decls
}

// variadic makes the last variable what it is in a signature ("...") or as a slice ("[]").
func variadic(vars []variable, is bool, prefix string) []variable {
	if is {
		vars[len(vars)-1].prefix = prefix
	}
	return vars
}

// arguments writes a, b for variables, and b... if the last one is variadic.
func arguments(vars []variable, variadic bool) (args []jen.Code) {
	for i, v := range vars {
		arg := jen.Id(v.name)
		if variadic && i == len(vars)-1 {
			arg.Op("...")
		}
		args = append(args, arg)
	}
	return args
}

// pointers writes &a, &b.
func pointers(vars []variable) (list []jen.Code) {
	for _, v := range vars {
		list = append(list, jen.Op("&").Id(v.name))
	}
	return list
}

// anys writes []any{a, b}, or nil.
func anys(vars []variable) *jen.Statement {
	if len(vars) == 0 {
		return predeclared("nil")
	}
	return jen.Index().Add(predeclared("any")).Values(arguments(vars, false)...)
}

// entry is one key and value of a composite literal.
type entry struct {
	key, value jen.Code
}

// field is the entry of a struct field. A nil value is left out.
func field(name string, value jen.Code) entry { return entry{jen.Id(name), value} }

// literal writes a composite literal with an entry on each line.
func literal(t *jen.Statement, entries ...entry) *jen.Statement {
	return t.CustomFunc(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, func(g *jen.Group) {
		for _, e := range entries {
			if e.value != nil {
				g.Add(e.key).Op(":").Add(e.value)
			}
		}
	})
}

// list writes a slice literal with an element on each line, or nil if there are no elements.
func list(t *jen.Statement, elements []jen.Code) jen.Code {
	if len(elements) == 0 {
		return nil
	}
	return t.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

// lit writes a literal, or nothing for the zero value.
func lit[T comparable](v T) jen.Code {
	if v == *new(T) {
		return nil
	}
	return jen.Lit(v)
}

// flag writes true, or nothing for false.
func flag(is bool) jen.Code {
	if !is {
		return nil
	}
	return predeclared("true")
}

// duration writes d in its largest whole unit, 90 * time.Minute, or nothing for zero.
func duration(d time.Duration) jen.Code {
	if d == 0 {
		return nil
	}
	units := []struct {
		size time.Duration
		name string
	}{{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}, {time.Nanosecond, "Nanosecond"}}
	for _, u := range units {
		if d == u.size {
			return jen.Qual("time", u.name)
		}
		if d%u.size == 0 {
			return jen.Lit(int(d/u.size)).Op("*").Qual("time", u.name)
		}
	}
	panic("unreachable: every duration is a number of nanoseconds")
}
