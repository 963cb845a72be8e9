// Stand-ins: what takes the place of an annotated interface in a workflow's receiver.

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// standInWriter writes the stand-in of one interface: a type that implements it by scheduling.
type standInWriter struct {
	*writer
	iface, name string
}

func (w standInWriter) write(r ir.Receiver) {
	w.file.Commentf("%s is the %s that workflow code holds: its activities are scheduled.", standIn(w.iface), w.iface)
	w.file.Func().Id(standIn(w.iface)).Params(jen.Id(runName).Op("*").Add(abi("Run")), jen.Id(tagName).String()).Add(ref(r.Type)).Block(
		jen.Return(jen.Op("&").Id(w.name).Values(jen.Id(runName), jen.Id(tagName))),
	)
	w.file.Type().Id(w.name).Struct(jen.Id("run").Op("*").Add(abi("Run")), jen.Id("tag").String())
	w.file.Comment("PawlTag tells the runtime which of several receivers this one stands for.")
	w.file.Add(w.method(recvName, "PawlTag").Params().String().Block(jen.Return(jen.Id(recvName).Dot("tag"))))
	for _, a := range r.Activities {
		w.scheduled(a)
	}
	for _, m := range r.Others {
		if m.Annotated.Name != "" {
			w.embedded(m)
		} else {
			w.plain(m)
		}
	}
}

// method begins a method of the stand-in.
func (w standInWriter) method(recv, name string) *jen.Statement {
	return jen.Func().Params(jen.Id(recv).Op("*").Id(w.name)).Id(name)
}

// scheduled writes a method that the interface annotates.
func (w standInWriter) scheduled(a ir.Activity) {
	used := map[string]bool{}
	recv := w.names.pick(used, recvName)
	ctx, inputs, params := w.inputs(a.Signature, used, false)
	w.delegate(a.Name, recv, jen.Id(interfaceTwin(w.iface, a.Name)), params, append([]string{ctx}, inputs...), a.Signature.Variadic,
		resultTypes(a.Signature.Results, jen.Error()))
}

// embedded writes a method that an embedded interface annotates.
func (w standInWriter) embedded(m ir.Method) {
	var names []string
	for i := range m.Inputs {
		names = append(names, fmt.Sprint("a", i))
	}
	twin := jen.Qual(m.Annotated.Pkg.Path, interfaceTwin(m.Annotated.Name, m.Name))
	w.delegate(m.Name, recvName, twin, methodParams(m, names), names, m.Variadic, resultTypes(m.Results))
}

// delegate writes a method that calls a twin.
func (w standInWriter) delegate(name, recv string, twin *jen.Statement, params []jen.Code, inputs []string, variadic bool, results *jen.Statement) {
	args := []jen.Code{jen.Id(recv).Dot("run"), jen.Id(recv)}
	for i, in := range inputs {
		arg := jen.Id(in)
		if variadic && i == len(inputs)-1 {
			arg.Op("...")
		}
		args = append(args, arg)
	}
	w.file.Add(w.method(recv, name).Params(params...).Add(results).Block(jen.Return(twin.Call(args...))))
}

// plain writes a method that nobody annotates.
func (w standInWriter) plain(m ir.Method) {
	w.file.Add(w.method("", m.Name).Params(methodParams(m, nil)...).Add(resultTypes(m.Results)).Block(
		jen.Panic(jen.Lit(fmt.Sprintf("workflow code cannot call %[1]s.%[2]s, which is neither an activity nor a step: annotate it in interface %[1]s", w.iface, m.Name))),
	))
}

// methodParams are the parameters of a method, without names if names is nil.
func methodParams(m ir.Method, names []string) (params []jen.Code) {
	s := ir.Signature{Inputs: m.Inputs, Variadic: m.Variadic}
	for i := range m.Inputs {
		t := inputType(s, i, true)
		if names != nil {
			t = jen.Id(names[i]).Add(t)
		}
		params = append(params, t)
	}
	return params
}

func resultTypes(results []ir.Param, last ...jen.Code) *jen.Statement {
	var all []jen.Code
	for _, r := range results {
		all = append(all, typ(r.Type))
	}
	all = append(all, last...)
	switch len(all) {
	case 0:
		return jen.Empty()
	case 1:
		return jen.Add(all[0])
	}
	return jen.Params(all...)
}
