// This file writes lowered methods for methods that have no copy: methods that hide a lowered method of an embedded type, and
// methods that a type has from an embedded interface.

package lower

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// forwardersIn returns the forwarders that belong to a file: to the one that declares the method, or the type that embeds one.
func forwardersIn(prog *gosrc.Program, src *gosrc.File, res *check.Result) (forwarders []check.Forwarder) {
	for _, t := range res.Forwarders {
		if prog.Fset.File(origin(t)) == prog.Fset.File(src.Syntax.Pos()) {
			forwarders = append(forwarders, t)
		}
	}
	return forwarders
}

// origin is the position of the method or type that a forwarder is made for.
func origin(t check.Forwarder) token.Pos {
	if len(t.Path) == 0 {
		return t.Method.Pos()
	}
	return t.Type.Obj().Pos()
}

// writeForwarder writes a method that passes its arguments on. The call in it has the author's line, because a history contains the
// positions of calls.
func (l *lowerer) writeForwarder(b *bytes.Buffer, t check.Forwarder) {
	sig, name := t.Method.Signature(), t.Method.Name()
	params, args := l.parameters(sig)
	handsOn, run := l.handsOn(t, args)
	rethrow := ""
	if t.Recovers {
		rethrow = l.rethrow(handsOn)
	}
	if sig.Results().Len() > 0 {
		handsOn = "return " + handsOn
	}
	fmt.Fprintf(b, "\n// %[1]s%[2]s hands on to the %[1]s that %[3]s has.\n", name, check.Suffix, t.Type.Obj().Name())
	fmt.Fprintf(b, "func (%s %s) %s%s(%s)%s {\n%s//line %s:%d:1\n\t%s\n}\n", l.names.recv, l.receiver(t), name, check.Suffix,
		strings.Join(append([]string{run + " *" + l.names.abi + ".Run"}, params...), ", "), l.results(sig), rethrow,
		filepath.Base(l.file.Path), l.prog.Fset.PositionFor(origin(t), false).Line, handsOn)
}

// handsOn returns the call in a forwarder, and the name of the forwarder's parameter for the run.
func (l *lowerer) handsOn(t check.Forwarder, args []string) (call, run string) {
	target := l.names.recv
	for _, f := range t.Path {
		target += "." + f.Name()
	}
	name, iface := t.Method.Name(), len(t.Path) > 0 && types.IsInterface(t.Path[len(t.Path)-1].Type())
	switch a := l.prog.Annotation(t.Method); {
	case iface && a != nil:
		pkg := l.imports.qualifier(a.Iface.Obj().Pkg())
		return fmt.Sprintf("%s%s_%s%s(%s)", pkg, a.Iface.Obj().Name(), name, check.Suffix, list(l.names.run, target, args)), l.names.run
	case iface:
		return fmt.Sprintf("%s(%s).%s%s(%s)", l.dispatcher(t.Method, false), target, name, check.Suffix, list(l.names.run, "", args)), l.names.run
	default:
		return fmt.Sprintf("%s.%s(%s)", target, name, list("", "", args)), "_"
	}
}

// rethrow returns the beginning of a forwarder whose target may recover. Only a deferred function can recover, and the
// forwarder may be the one that is deferred. Then it recovers itself, and defers the target before it panics again.
func (l *lowerer) rethrow(target string) string {
	const name = "recovered" + check.Suffix
	return fmt.Sprintf("\tif %[1]s := recover(); %[1]s != nil {\n\t\tdefer %[2]s\n\t\tpanic(%[1]s)\n\t}\n", name, target)
}

// list joins arguments, and leaves out the first ones if they are empty.
func list(first, second string, rest []string) string {
	all := slices.DeleteFunc([]string{first, second}, func(s string) bool { return s == "" })
	return strings.Join(append(all, rest...), ", ")
}

// receiver returns the type of a forwarder's receiver: a pointer if only pointers have the method.
func (l *lowerer) receiver(t check.Forwarder) string {
	name := t.Type.Obj().Name()
	if params := t.Type.TypeParams(); params.Len() > 0 {
		var names []string
		for p := range params.TypeParams() {
			names = append(names, p.Obj().Name())
		}
		name += bracket(names)
	}
	if obj, _, _ := types.LookupFieldOrMethod(t.Type, false, t.Method.Pkg(), t.Method.Name()); obj == nil {
		return "*" + name
	}
	return name
}

// parameters are those of a signature, with names of their own, and what hands them on.
func (l *lowerer) parameters(sig *types.Signature) (params, args []string) {
	n := sig.Params().Len()
	for i := range n {
		name, t := fmt.Sprint("a", i+1), sig.Params().At(i).Type()
		text, arg := l.typeString(t), name
		if sig.Variadic() && i == n-1 {
			text, arg = "..."+l.typeString(t.(*types.Slice).Elem()), name+"..."
		}
		params, args = append(params, name+" "+text), append(args, arg)
	}
	return params, args
}

// results are those of a signature, as they stand behind the parameters.
func (l *lowerer) results(sig *types.Signature) string {
	var all []string
	for r := range sig.Results().Variables() {
		all = append(all, l.typeString(r.Type()))
	}
	return resultList(all)
}

// resultList spells the results of a function.
func resultList(types []string) string {
	switch len(types) {
	case 0:
		return ""
	case 1:
		return " " + types[0]
	default:
		return " (" + strings.Join(types, ", ") + ")"
	}
}
