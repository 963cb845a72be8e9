// Signals and updates: their descriptions, the functions that send them, and the channels on which a run receives them.

package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// channels writes what sends the signals and updates of a workflow.
func (w *writer) channels(f ir.Workflow) {
	methods := map[string]bool{}
	for _, name := range []string{"Run", "ID", "RunID", "Result", "Wait", "Describe", "History", "Cancel", "Terminate", "Signal", "Update"} {
		methods[name] = true // of every handle
	}
	for _, p := range f.Signature.Params {
		name := exported(p.Name)
		switch p.Role {
		case ir.Signal:
			w.sender(f, p, w.pick(methods, name, "Signal"+name))
			w.withStart(f, p, "signal", "SignalOption", "SignalWithStart")
		case ir.Update:
			w.asker(f, p, w.pick(methods, name, "Update"+name))
			w.updateStarter(f, p, w.pick(methods, "Start"+name, "StartUpdate"+name))
			w.withStart(f, p, "update", "UpdateOption", "UpdateWithStart")
		}
	}
}

// channelList writes
//
//	[]abi.Channel{
//		abi.SignalOf[Tracking]("shipped"),
//		abi.UpdateOf[Address, bool]("move"),
//	}
//
// for the description of a workflow, or nothing.
func channelList(f ir.Workflow) jen.Code {
	var elements []jen.Code
	for _, p := range f.Signature.Params {
		switch p.Role {
		case ir.Signal:
			elements = append(elements, abi("SignalOf").Types(typ(p.Elems[0])).Call(jen.Lit(p.Name)))
		case ir.Update:
			elements = append(elements, abi("UpdateOf").Types(typ(p.Elems[0]), typ(p.Elems[1])).Call(jen.Lit(p.Name)))
		}
	}
	return list(jen.Index().Add(abi("Channel")), elements)
}

// sender writes
//
//	// Shipped sends signal shipped to the run, and returns when it is stored.
//	// If the run has closed, or there is none, it returns an error that matches [pawl.ErrNotFound].
//	func (r CheckoutRun) Shipped(ctx context.Context, value Tracking, opts ...pawl.SignalOption) error {
//		return r.Signal(ctx, "shipped", value, opts...)
//	}
func (w *writer) sender(f ir.Workflow, p ir.Param, method string) {
	used := map[string]bool{}
	recv, ctx := w.pick(used, "r", w.names.recv), w.pick(used, w.names.ctx)
	value, opts := w.pick(used, "value"), w.pick(used, "opts", "options")
	w.commentf("%s sends signal %s to the run, and returns when it is stored.", method, p.Name)
	w.commentf("If the run has closed, or there is none, it returns an error that matches [%s.ErrNotFound].", w.names.imports.Name(pawlPath, "pawl"))
	params, sent := signalValue(p, value)
	params = append([]jen.Code{ctxParam(ctx)}, append(params, jen.Id(opts).Op("...").Qual(pawlPath, "SignalOption"))...)
	w.file.Func().Params(jen.Id(recv).Id(clientNames(f).run)).Id(method).Params(params...).Add(predeclared("error")).Block(
		jen.Return(jen.Id(recv).Dot("Signal").Call(jen.Id(ctx), jen.Lit(p.Name), sent, jen.Id(opts).Op("..."))),
	)
}

// withStart writes
//
//	// WithCheckoutShipped is an option of StartCheckout that sends signal shipped with the start.
//	// The run has it before its code begins. With [pawl.ConflictUseExisting], a run that is open gets it.
//	func WithCheckoutShipped(value Tracking, opts ...pawl.SignalOption) pawl.StartOption {
//		return pawl.SignalWithStart(pawlCheckout, "shipped", value, opts...)
//	}
func (w *writer) withStart(f ir.Workflow, p ir.Param, what, option, function string) {
	used := map[string]bool{}
	value, opts := w.pick(used, "value"), w.pick(used, "opts", "options")
	n, pawl := clientNames(f), w.names.imports.Name(pawlPath, "pawl")
	name := n.with(p)
	w.commentf("%s is an option of %s that sends %s %s with the start.", name, n.start, what, p.Name)
	w.commentf("The run has it before its code begins. With [%s.ConflictUseExisting], a run that is open gets it.", pawl)
	params, sent := signalValue(p, value)
	params = append(params, jen.Id(opts).Op("...").Qual(pawlPath, option))
	w.file.Func().Id(name).Params(params...).Qual(pawlPath, "StartOption").Block(
		jen.Return(jen.Qual(pawlPath, function).Call(jen.Id(w.names.workflow(f)), jen.Lit(p.Name), sent, jen.Id(opts).Op("..."))),
	)
}

// signalValue writes the parameter for the value of a signal or update, and what is sent. A struct{} has no value.
func signalValue(p ir.Param, name string) (params []jen.Code, sent jen.Code) {
	if p.Elems[0].Text == "struct{}" {
		return nil, jen.Struct().Values()
	}
	return []jen.Code{jen.Id(name).Add(typ(p.Elems[0]))}, jen.Id(name)
}

// asker writes
//
//	// Move sends update move to the run, and returns its answer, or the error with which the workflow rejects it.
//	// If the run closes without an answer, it returns an error that matches [pawl.ErrUnanswered].
//	func (r CheckoutRun) Move(ctx context.Context, in Address, opts ...pawl.UpdateOption) (out bool, err error) {
//		err = r.Update(ctx, "move", in, &out, opts...)
//		return out, err
//	}
func (w *writer) asker(f ir.Workflow, p ir.Param, method string) {
	used := map[string]bool{}
	recv, ctx := w.pick(used, "r", w.names.recv), w.pick(used, w.names.ctx)
	in, opts, out := w.pick(used, "in", "input"), w.pick(used, "opts", "options"), w.pick(used, "out", "answer")
	err := w.pick(used, w.names.err)
	params, sent := signalValue(p, in)
	params = append([]jen.Code{ctxParam(ctx)}, append(params, jen.Id(opts).Op("...").Qual(pawlPath, "UpdateOption"))...)
	var results []variable
	to := jen.Op("&").Id(out)
	if p.Elems[1].Text == "struct{}" {
		to = predeclared("new").Call(jen.Struct())
	} else {
		results = []variable{{name: out, typ: p.Elems[1]}}
	}
	w.commentf("%s sends update %s to the run, and returns its answer, or the error with which the workflow rejects it.", method, p.Name)
	w.commentf("If the run closes without an answer, it returns an error that matches [%s.ErrUnanswered].", w.names.imports.Name(pawlPath, "pawl"))
	w.file.Func().Params(jen.Id(recv).Id(clientNames(f).run)).Id(method).Params(params...).Add(fetch(results, err,
		jen.Id(recv).Dot("Update").Call(jen.Id(ctx), jen.Lit(p.Name), sent, to, jen.Id(opts).Op("...")),
	))
}

// updateStarter writes
//
//	// StartMove sends update move to the run, and returns a handle on it when the run has accepted it.
//	func (r CheckoutRun) StartMove(ctx context.Context, in Address, opts ...pawl.UpdateOption) (pawl.Update[bool], error) {
//		return pawl.StartUpdate[bool](ctx, r.Run, "move", in, opts...)
//	}
func (w *writer) updateStarter(f ir.Workflow, p ir.Param, method string) {
	used := map[string]bool{}
	recv, ctx := w.pick(used, "r", w.names.recv), w.pick(used, w.names.ctx)
	in, opts := w.pick(used, "in", "input"), w.pick(used, "opts", "options")
	params, sent := signalValue(p, in)
	params = append([]jen.Code{ctxParam(ctx)}, append(params, jen.Id(opts).Op("...").Qual(pawlPath, "UpdateOption"))...)
	w.commentf("%s sends update %s to the run, and returns a handle on it when the run has accepted it.", method, p.Name)
	w.file.Func().Params(jen.Id(recv).Id(clientNames(f).run)).Id(method).Params(params...).
		Params(jen.Qual(pawlPath, "Update").Types(typ(p.Elems[1])), predeclared("error")).Block(
		jen.Return(jen.Qual(pawlPath, "StartUpdate").Types(typ(p.Elems[1])).Call(jen.Id(ctx), jen.Id(recv).Dot("Run"), jen.Lit(p.Name), sent, jen.Id(opts).Op("..."))),
	)
}

// channel writes what makes the channel of a parameter: abi.Signals[Tracking](_run, "shipped").
func (w *writer) channel(p ir.Param) jen.Code {
	args := []jen.Code{jen.Id(w.names.run), jen.Lit(p.Name)}
	if p.Role == ir.Update {
		return abi("Updates").Types(typ(p.Elems[0]), typ(p.Elems[1])).Call(args...)
	}
	return abi("Signals").Types(typ(p.Elems[0])).Call(args...)
}
