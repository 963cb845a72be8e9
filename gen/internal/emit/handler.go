// Handlers: what performs activities in a worker.

package emit

import (
	"go/token"
	"maps"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// functionHandlers writes
//
//	// pawlActivities returns the activities that are functions.
//	func pawlActivities() []abi.Handler {
//		return []abi.Handler{…}
//	}
func (w *writer) functionHandlers() {
	if len(w.pkg.Functions) == 0 {
		return
	}
	w.commentf("%s returns the activities that are functions.", w.names.functions)
	w.file.Func().Id(w.names.functions).Params().Index().Add(abi("Handler")).Block(
		jen.Return(w.handlers("", "", w.pkg.Functions)),
	)
}

// receiverHandlers writes
//
//	// pawlBankActivities returns the activities of recv, or none if it is nil.
//	func pawlBankActivities(recv *Bank, tag string) []abi.Handler {
//		if recv == nil {
//			return nil
//		}
//		return []abi.Handler{…}
//	}
func (w *writer) receiverHandlers(r ir.Receiver) {
	name := w.names.handlers(r.Type.Name)
	w.commentf("%s returns the activities of recv, or none if it is nil.", name)
	w.file.Func().Id(name).Params(
		jen.Id(w.names.recv).Add(pointerTo(r.Type, !r.Interface)), jen.Id(w.names.tag).Add(predeclared("string")),
	).Index().Add(abi("Handler")).Block(
		jen.If(jen.Id(w.names.recv).Op("==").Add(predeclared("nil"))).Block(jen.Return(predeclared("nil"))),
		jen.Return(w.handlers(r.Type.Name, w.names.recv, r.Activities)),
	)
}

// handlers writes
//
//	[]abi.Handler{
//		{
//			Activity: pawlBankTake,
//			Tag:      tag,
//			Run: func(ctx context.Context, in abi.Values) ([]any, error) {…},
//		},
//	}
//
// Functions have no receiver and no tag.
func (w *writer) handlers(typeName, recv string, activities []ir.Activity) jen.Code {
	var elements []jen.Code
	for _, a := range activities {
		perform := jen.Id(a.Name)
		var tag jen.Code
		if recv != "" {
			perform, tag = jen.Id(recv).Dot(a.Name), jen.Id(w.names.tag)
		}
		elements = append(elements, literal(jen.Empty(),
			field("Activity", jen.Id(w.names.activity(typeName, a.Name))),
			field("Tag", tag),
			field("Run", jen.Func().Params(ctxParam(w.names.ctx), jen.Id(w.names.in).Add(abi("Values"))).
				Params(jen.Index().Add(predeclared("any")), predeclared("error")).BlockFunc(func(g *jen.Group) {
				w.decodeAndCall(g, a.Signature, perform, jen.Id(w.names.ctx))
			})),
		))
	}
	return list(jen.Index().Add(abi("Handler")), elements)
}

// decodeAndCall writes a body that decodes the inputs, makes the channels, calls f and returns its results:
//
//	var item, payment string
//	if err := in.Decode(&item, &payment); err != nil {
//		return nil, err
//	}
//	shipped := abi.Signals[Tracking](_run, "shipped")
//	parcel, err := Ship(ctx, item, payment, shipped)
//	return []any{parcel}, err
//
// The first arguments are given.
func (w *writer) decodeAndCall(g *jen.Group, s ir.Signature, f *jen.Statement, first ...jen.Code) {
	used := maps.Clone(w.names.locals)
	params := variadic(w.variables(used, s.Params, argName), s.Variadic, "[]")
	var inputs []variable
	var channels []jen.Code
	for i, p := range s.Params {
		if p.Role != ir.Input {
			channels = append(channels, jen.Id(params[i].name).Op(":=").Add(w.channel(p)))
		} else {
			inputs = append(inputs, params[i])
		}
	}
	results := w.variables(used, s.Results, resultName)
	for _, decl := range declarations(inputs) {
		g.Var().Add(decl)
	}
	if len(inputs) > 0 {
		g.If(jen.Id(w.names.err).Op(":=").Id(w.names.in).Dot("Decode").Call(pointers(inputs)...), jen.Id(w.names.err).Op("!=").Add(predeclared("nil"))).Block(jen.Return(predeclared("nil"), jen.Id(w.names.err)))
	}
	for _, channel := range channels {
		g.Add(channel)
	}
	call := f.Call(append(first, arguments(params, s.Variadic)...)...)
	if len(results) == 0 {
		g.Return(predeclared("nil"), call)
		return
	}
	g.List(append(arguments(results, false), jen.Id(w.names.err))...).Op(":=").Add(call)
	g.Return(anys(results), jen.Id(w.names.err))
}

// registry writes
//
//	// Generated code of other packages finds the exported types with activities here.
//	func init() {
//		abi.RegisterActivities(pawlStockActivities)
//		abi.RegisterStandIn(pawlNewStock)
//	}
func (w *writer) registry() {
	var calls []jen.Code
	for _, r := range w.pkg.Receivers {
		if w.pkg.Main || !token.IsExported(r.Type.Name) {
			continue // no other package can refer to it
		}
		calls = append(calls, abi("RegisterActivities").Call(jen.Id(w.names.handlers(r.Type.Name))))
		if r.Interface {
			calls = append(calls, abi("RegisterStandIn").Call(jen.Id(w.names.newStandIn(r.Type.Name))))
		}
	}
	if len(calls) > 0 {
		w.commentf("Generated code of other packages finds the exported types with activities here.")
		w.file.Func().Id("init").Params().Block(calls...)
	}
}
