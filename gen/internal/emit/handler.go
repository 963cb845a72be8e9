// Handlers: what runs the activities of a worker.

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// receiverHandlers writes the function that gives the handlers of a receiver.
func (w *writer) receiverHandlers(r ir.Receiver) {
	name := handlersOf(r.Type.Name)
	t := ref(r.Type)
	if !r.Interface {
		t = jen.Op("*").Add(t)
	}
	w.file.Commentf("%s are the activities of recv, with what runs them; none if it is nil. The tag tells", name)
	w.file.Comment("recv from others of its type.")
	w.file.Func().Id(name).Params(jen.Id(recvName).Add(t), jen.Id(tagName).String()).Index().Add(abi("Handler")).Block(
		jen.If(jen.Id(recvName).Op("==").Nil()).Block(jen.Return(jen.Nil())),
		jen.Return(w.handlers(r.Type.Name, recvName, r.Activities)),
	)
}

// handlers writes a slice of handlers; recv is empty for functions.
func (w *writer) handlers(typeName, recv string, as []ir.Activity) jen.Code {
	if len(as) == 0 {
		return jen.Nil()
	}
	var elements []jen.Code
	for _, a := range as {
		f := jen.Id(a.Name)
		var tag jen.Code
		if recv != "" {
			f, tag = jen.Id(recv).Dot(a.Name), jen.Id(tagName)
		}
		elements = append(elements, literal(jen.Empty(),
			entry{"Activity", jen.Id(activityVar(typeName, a))},
			entry{"Tag", tag},
			entry{"Run", jen.Func().Params(
				jen.Id(ctxName).Qual("context", "Context"), jen.Id(inName).Add(abi("Values")),
			).Params(jen.Index().Any(), jen.Error()).BlockFunc(func(g *jen.Group) {
				w.decodeAndCall(g, a.Signature, f, nil)
			})},
		))
	}
	return list(jen.Index().Add(abi("Handler")), elements)
}

// decodeAndCall writes a body that decodes the inputs, calls f and returns its results for encoding. first are
// arguments before the context.
func (w *writer) decodeAndCall(g *jen.Group, s ir.Signature, f *jen.Statement, first []jen.Code) {
	args := append(first, jen.Id(ctxName))
	var targets []jen.Code
	for i := range s.Inputs {
		name := fmt.Sprint("a", i)
		g.Var().Id(name).Add(inputType(s, i, false))
		targets = append(targets, jen.Op("&").Id(name))
		arg := jen.Id(name)
		if s.Variadic && i == len(s.Inputs)-1 {
			arg.Op("...")
		}
		args = append(args, arg)
	}
	if len(targets) > 0 {
		g.If(jen.Err().Op(":=").Id(inName).Dot("Decode").Call(targets...), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	}
	var results []string
	for i := range s.Results {
		results = append(results, fmt.Sprint("r", i))
	}
	if len(results) == 0 {
		g.Return(jen.Nil(), f.Call(args...))
		return
	}
	g.ListFunc(func(g *jen.Group) {
		for _, r := range results {
			g.Id(r)
		}
		g.Err()
	}).Op(":=").Add(f).Call(args...)
	g.Return(anys(results), jen.Err())
}
