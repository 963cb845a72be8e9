// Stand-ins: what workflow code holds in place of an annotated interface.

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// standIn writes
//
//	// pawlNewStock returns the Stock that workflow code holds: its methods schedule activities.
//	func pawlNewStock(_run *abi.Run, tag string) Stock {
//		return &pawlStock{_run, tag}
//	}
//
//	// pawlStock implements Stock by scheduling activities.
//	type pawlStock struct {
//		run *abi.Run
//		tag string
//	}
//
//	// PawlTag returns what distinguishes this Stock from others that the workflow holds.
//	func (recv *pawlStock) PawlTag() string { return recv.tag }
//
// and the methods of the interface.
func (w *writer) standIn(r ir.Receiver) {
	used := map[string]bool{}
	for _, a := range r.Activities {
		used[a.Name] = true
	}
	for _, m := range r.Others {
		used[m.Name] = true
	}
	s := standIn{w, r.Type.Name, w.names.standIn(r.Type.Name), w.pick(used, "run"), w.pick(used, "tag")}
	constructor := w.names.newStandIn(s.iface)
	w.commentf("%s returns the %s that workflow code holds: its methods schedule activities.", constructor, s.iface)
	w.file.Func().Id(constructor).Params(w.runParam(), jen.Id(w.names.tag).Add(predeclared("string"))).Add(ref(r.Type)).Block(
		jen.Return(jen.Op("&").Id(s.name).Values(jen.Id(w.names.run), jen.Id(w.names.tag))),
	)
	w.commentf("%s implements %s by scheduling activities.", s.name, s.iface)
	w.file.Type().Id(s.name).Struct(jen.Id(s.run).Op("*").Add(abi("Run")), jen.Id(s.tag).Add(predeclared("string")))
	w.commentf("PawlTag returns what distinguishes this %s from others that the workflow holds.", s.iface)
	w.file.Add(s.method(w.names.recv, "PawlTag").Params().Add(predeclared("string")).Block(jen.Return(jen.Id(w.names.recv).Dot(s.tag))))
	for _, a := range r.Activities {
		w.file.Line()
		s.scheduled(a)
	}
	for _, m := range r.Others {
		w.file.Line()
		if m.Annotated.Name != "" {
			s.embedded(m)
		} else {
			s.plain(m)
		}
	}
}

// standIn is the stand-in of one interface.
type standIn struct {
	*writer
	iface, name string
	run, tag    string // fields
}

// method writes func (recv *pawlStock) Reserve.
func (s standIn) method(recv, name string) *jen.Statement {
	return jen.Func().Params(jen.Id(recv).Op("*").Id(s.name)).Id(name)
}

// scheduled writes a method that the interface annotates:
//
//	func (recv *pawlStock) Reserve(ctx context.Context, sku string) error {
//		return Stock_Reserve__pawl(recv.run, recv, ctx, sku)
//	}
func (s standIn) scheduled(a ir.Activity) {
	used := map[string]bool{}
	recv := s.pick(used, s.names.recv)
	ctx := s.pick(used, a.Signature.Context, s.names.ctx)
	inputs := variadic(s.variables(used, a.Signature.Params, argName), a.Signature.Variadic, "...")
	s.delegate(delegate{
		method: a.Name, recv: recv, stub: jen.Id(loweredMethod(s.iface, a.Name)),
		params:  append([]jen.Code{ctxParam(ctx)}, declarations(inputs)...),
		args:    append([]jen.Code{jen.Id(ctx)}, arguments(inputs, a.Signature.Variadic)...),
		results: resultTypes(a.Signature.Results, predeclared("error")),
	})
}

// embedded writes a method that an embedded interface annotates, like scheduled.
func (s standIn) embedded(m ir.Method) {
	used := map[string]bool{s.names.recv: true}
	inputs := variadic(s.variables(used, m.Inputs, argName), m.Variadic, "...")
	s.delegate(delegate{
		method: m.Name, recv: s.names.recv, stub: jen.Qual(m.Annotated.Pkg.Path, loweredMethod(m.Annotated.Name, m.Name)),
		params: declarations(inputs), args: arguments(inputs, m.Variadic), results: resultTypes(m.Results),
	})
}

// delegate is a method of a stand-in that calls a stub.
type delegate struct {
	method, recv string
	stub         *jen.Statement
	params, args []jen.Code
	results      *jen.Statement
}

// delegate writes a method that calls a stub; see scheduled.
func (s standIn) delegate(d delegate) {
	args := append([]jen.Code{jen.Id(d.recv).Dot(s.run), jen.Id(d.recv)}, d.args...)
	s.file.Add(s.method(d.recv, d.method).Params(d.params...).Add(d.results).Block(jen.Return(d.stub.Call(args...))))
}

// plain writes a method that is not annotated:
//
//	func (*pawlStock) Close() error {
//		panic("workflow code cannot call Stock.Close, which is neither an activity nor a step: annotate it in interface Stock")
//	}
func (s standIn) plain(m ir.Method) {
	var params []jen.Code
	for i, in := range m.Inputs {
		param := typ(in.Type)
		if m.Variadic && i == len(m.Inputs)-1 {
			param = jen.Op("...").Add(param)
		}
		params = append(params, param)
	}
	s.file.Add(s.method("", m.Name).Params(params...).Add(resultTypes(m.Results)).Block(
		s.panics(jen.Lit(fmt.Sprintf("workflow code cannot call %[1]s.%[2]s, which is neither an activity nor a step: annotate it in interface %[1]s", s.iface, m.Name))),
	))
}

// resultTypes writes (int, error).
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
