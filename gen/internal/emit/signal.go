// Signals: their descriptions, the functions that send them, and the channels on which a run receives them.

package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// signals writes what sends the signals of a workflow.
func (w *writer) signals(f ir.Workflow) {
	methods := map[string]bool{}
	for _, name := range []string{"Run", "ID", "RunID", "Result", "Wait", "Describe", "History", "Cancel", "Terminate", "Signal"} {
		methods[name] = true // of every handle
	}
	for _, p := range f.Signature.With(ir.Signal) {
		w.sender(f, p, w.pick(methods, exported(p.Name), "Signal"+exported(p.Name)))
		w.signalWithStart(f, p)
	}
}

// signalList writes []abi.Signal{abi.SignalOf[Tracking]("shipped")} for the description of a workflow, or nothing.
func signalList(f ir.Workflow) jen.Code {
	var elements []jen.Code
	for _, p := range f.Signature.With(ir.Signal) {
		elements = append(elements, abi("SignalOf").Types(typ(p.Elems[0])).Call(jen.Lit(p.Name)))
	}
	return list(jen.Index().Add(abi("Signal")), elements)
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

// signalWithStart writes
//
//	// WithCheckoutShipped is an option of StartCheckout that sends signal shipped with the start.
//	// The run has the signal before its code begins. With [pawl.ConflictUseExisting], an open run gets it.
//	func WithCheckoutShipped(value Tracking, opts ...pawl.SignalOption) pawl.StartOption {
//		return pawl.SignalWithStart(pawlCheckout, "shipped", value, opts...)
//	}
func (w *writer) signalWithStart(f ir.Workflow, p ir.Param) {
	used := map[string]bool{}
	value, opts := w.pick(used, "value"), w.pick(used, "opts", "options")
	n, pawl := clientNames(f), w.names.imports.Name(pawlPath, "pawl")
	name := n.with(p)
	w.commentf("%s is an option of %s that sends signal %s with the start.", name, n.start, p.Name)
	w.commentf("The run has the signal before its code begins. With [%s.ConflictUseExisting], a run that is open gets it.", pawl)
	params, sent := signalValue(p, value)
	params = append(params, jen.Id(opts).Op("...").Qual(pawlPath, "SignalOption"))
	w.file.Func().Id(name).Params(params...).Qual(pawlPath, "StartOption").Block(
		jen.Return(jen.Qual(pawlPath, "SignalWithStart").Call(jen.Id(w.names.workflow(f)), jen.Lit(p.Name), sent, jen.Id(opts).Op("..."))),
	)
}

// signalValue writes the parameter for the value of a signal, and what is sent. A signal of struct{} has no value.
func signalValue(p ir.Param, name string) (params []jen.Code, sent jen.Code) {
	if p.Elems[0].Text == "struct{}" {
		return nil, jen.Struct().Values()
	}
	return []jen.Code{jen.Id(name).Add(typ(p.Elems[0]))}, jen.Id(name)
}

// signalChannel writes abi.Signals[Tracking](_run, "shipped").
func (w *writer) signalChannel(p ir.Param) jen.Code {
	return abi("Signals").Types(typ(p.Elems[0])).Call(jen.Id(w.names.run), jen.Lit(p.Name))
}
