// Workflows: what describes and runs them, and the functions and handles for those who start them.

package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

func (w *writer) workflow(f ir.Workflow) {
	w.workflowDescription(f)
	w.start(f)
	w.find(f)
	w.handle(f)
	w.channels(f)
	w.runner(f)
	w.child(f)
	if f.Continues {
		w.continuation(f)
	}
}

// continuation writes
//
//	// Checkout__continue__pawl continues a run of workflow Checkout as new.
//	func Checkout__continue__pawl(_run *abi.Run, ctx context.Context, item string, shipped <-chan Tracking) (parcel string, err error) {
//		err = abi.Continue(_run, []any{item})
//		return parcel, err
//	}
func (w *writer) continuation(f ir.Workflow) {
	w.inPlace(f, ir.ContinueSuffix, "continues a run of workflow %s as new.", func(_ string, inputs, _, _ []variable) jen.Code {
		return abi("Continue").Call(jen.Id(w.names.run), anys(inputs))
	})
}

// child writes
//
//	// Checkout__child__pawl starts a child that runs workflow Checkout, and waits for its end.
//	func Checkout__child__pawl(_run *abi.Run, ctx context.Context, item string, shipped <-chan Tracking) (parcel string, err error) {
//		err = abi.Child(ctx, _run, pawlCheckout, []any{item}, []any{shipped}, &parcel)
//		return parcel, err
//	}
func (w *writer) child(f ir.Workflow) {
	w.inPlace(f, ir.ChildSuffix, "starts a child that runs workflow %s, and waits for its end.", func(ctx string, inputs, channels, results []variable) jen.Code {
		args := []jen.Code{jen.Id(ctx), jen.Id(w.names.run), jen.Id(w.names.workflow(f)), anys(inputs), anys(channels)}
		return abi("Child").Call(append(args, pointers(results)...)...)
	})
}

// inPlace writes a function that lowered code calls in place of a workflow, with the run as an additional parameter. call returns the
// expression for its error. purpose is what it does with the workflow.
func (w *writer) inPlace(f ir.Workflow, suffix, purpose string, call func(ctx string, inputs, channels, results []variable) jen.Code) {
	used := map[string]bool{w.names.run: true}
	head := jen.Func()
	if f.Recv != nil {
		head.Params(pointerTo(f.Recv.Type, f.Recv.Pointer))
	}
	name := f.Name + suffix
	ctx := w.pick(used, f.Signature.Context, w.names.ctx)
	all := w.variables(used, f.Signature.Params, argName)
	results := w.variables(used, f.Signature.Results, resultName)
	err := w.pick(used, w.names.err)
	var inputs, channels []variable
	for i, p := range f.Signature.Params {
		if p.Role == ir.Input {
			inputs = append(inputs, all[i])
		} else {
			channels = append(channels, all[i])
		}
	}
	params := append([]jen.Code{w.runParam(), ctxParam(ctx)}, declarations(variadic(all, f.Signature.Variadic, "..."))...)
	w.commentf("%s "+purpose, name, workflowDisplay(f))
	w.file.Add(head.Id(name).Params(params...).Add(fetch(results, err, call(ctx, inputs, channels, results))))
}

// workflowDescription writes
//
//	// pawlCheckout describes workflow Checkout.
//	var pawlCheckout = pawlPackage.Workflow(abi.Workflow{
//		Name:    "example.com/shop.Checkout",
//		Version: "5029a8eeff69",
//		Channels: []abi.Channel{
//			abi.SignalOf[Tracking]("shipped"),
//		},
//		Pos: "main.go:29",
//	})
func (w *writer) workflowDescription(f ir.Workflow) {
	name := w.names.workflow(f)
	queue := f.Queue
	if queue == w.pkg.Path {
		queue = "" // the default
	}
	w.commentf("%s describes workflow %s.", name, workflowDisplay(f))
	w.file.Var().Id(name).Op("=").Id(w.names.pkg).Dot("Workflow").Call(literal(abi("Workflow"),
		field("Name", jen.Lit(f.Registered)),
		field("Queue", lit(queue)),
		field("Timeout", duration(f.Timeout)),
		field("Version", jen.Lit(f.Version)),
		field("Codec", lit(f.Codec)),
		field("Channels", channelList(f)),
		field("Pos", jen.Lit(f.Pos)),
	))
}

// start writes
//
//	// StartCheckout starts a run of workflow Checkout and returns a handle on it.
//	// If a run with this id is open, it returns a [*pawl.AlreadyStartedError], unless an option says otherwise.
//	//
//	// Checkout charges for an item and ships it.
//	func StartCheckout(ctx context.Context, c *pawl.Client, id string, item string, opts ...pawl.StartOption) (CheckoutRun, error) {
//		run, err := c.Start(ctx, pawlCheckout, id, []any{item}, opts...)
//		return CheckoutRun{run}, err
//	}
func (w *writer) start(f ir.Workflow) {
	n := clientNames(f)
	used := map[string]bool{}
	ctx := w.pick(used, f.Signature.Context, w.names.ctx)
	inputs := variadic(w.variables(used, f.Signature.Inputs(), argName), f.Signature.Variadic, "[]")
	client, id, opts := w.pick(used, "c", "client"), w.pick(used, "id", "workflowID"), w.pick(used, "opts", "options")
	run, err := w.pick(used, "run", "started"), w.pick(used, w.names.err)
	params := append([]jen.Code{ctxParam(ctx), jen.Id(client).Op("*").Qual(pawlPath, "Client"), jen.Id(id).Add(predeclared("string"))}, declarations(inputs)...)
	params = append(params, jen.Id(opts).Op("...").Qual(pawlPath, "StartOption"))

	w.commentf("%s starts a run of workflow %s and returns a handle on it.", n.start, workflowDisplay(f))
	w.commentf("If a run with this id is open, it returns a [*%s.AlreadyStartedError], unless an option says otherwise.", w.names.imports.Name(pawlPath, "pawl"))
	if f.Doc != "" {
		w.commentf("\n%s", f.Doc)
	}
	w.file.Func().Id(n.start).Params(params...).Params(jen.Id(n.run), predeclared("error")).Block(
		jen.List(jen.Id(run), jen.Id(err)).Op(":=").Id(client).Dot("Start").Call(
			jen.Id(ctx), jen.Id(w.names.workflow(f)), jen.Id(id), anys(inputs), jen.Id(opts).Op("..."),
		),
		jen.Return(jen.Id(n.run).Values(jen.Id(run)), jen.Id(err)),
	)
}

// find writes
//
//	// FindCheckout returns a handle on the newest run of workflow Checkout with this id.
//	// It does not check that there is one.
//	func FindCheckout(c *pawl.Client, id string) CheckoutRun {
//		return CheckoutRun{c.Run(pawlCheckout, id)}
//	}
func (w *writer) find(f ir.Workflow) {
	n := clientNames(f)
	used := map[string]bool{}
	client, id := w.pick(used, "c", "client"), w.pick(used, "id", "workflowID")
	w.commentf("%s returns a handle on the newest run of workflow %s with this id.", n.find, workflowDisplay(f))
	w.commentf("It does not check that there is one.")
	w.file.Func().Id(n.find).Params(jen.Id(client).Op("*").Qual(pawlPath, "Client"), jen.Id(id).Add(predeclared("string"))).Id(n.run).Block(
		jen.Return(jen.Id(n.run).Values(jen.Id(client).Dot("Run").Call(jen.Id(w.names.workflow(f)), jen.Id(id)))),
	)
}

// handle writes
//
//	// CheckoutRun is a handle on a run of workflow Checkout.
//	type CheckoutRun struct {
//		*pawl.Run
//	}
//
//	// Result waits for the run to end and returns the results of the workflow.
//	// If the run does not complete, it returns a [*pawl.RunError].
//	func (r CheckoutRun) Result(ctx context.Context) (parcel string, err error) {
//		err = r.Wait(ctx, &parcel)
//		return parcel, err
//	}
func (w *writer) handle(f ir.Workflow) {
	n := clientNames(f)
	w.commentf("%s is a handle on a run of workflow %s.", n.run, workflowDisplay(f))
	w.file.Type().Id(n.run).Struct(jen.Op("*").Qual(pawlPath, "Run"))

	used := map[string]bool{}
	recv, ctx := w.pick(used, "r", w.names.recv), w.pick(used, w.names.ctx)
	results := w.variables(used, f.Signature.Results, resultName)
	err := w.pick(used, w.names.err)
	wait := jen.Id(recv).Dot("Wait").Call(append([]jen.Code{jen.Id(ctx)}, pointers(results)...)...)
	if len(results) == 0 {
		w.commentf("Result waits for the run to end.")
	} else {
		w.commentf("Result waits for the run to end and returns the results of the workflow.")
	}
	w.commentf("If the run does not complete, it returns a [*%s.RunError].", w.names.imports.Name(pawlPath, "pawl"))
	w.file.Func().Params(jen.Id(recv).Id(n.run)).Id("Result").Params(ctxParam(ctx)).Add(fetch(results, err, wait))
}

// runner writes
//
//	// pawlRunCheckout runs workflow Checkout.
//	func pawlRunCheckout(ctx context.Context, _run *abi.Run, in abi.Values) ([]any, error) {
//		recv := …
//		var item string
//		if err := in.Decode(&item); err != nil {
//			return nil, err
//		}
//		parcel, err := recv.Checkout__pawl(_run, ctx, item)
//		return []any{parcel}, err
//	}
func (w *writer) runner(f ir.Workflow) {
	name := w.names.runner(f)
	w.commentf("%s runs workflow %s.", name, workflowDisplay(f))
	w.file.Func().Id(name).Params(ctxParam(w.names.ctx), w.runParam(), jen.Id(w.names.in).Add(abi("Values"))).
		Params(jen.Index().Add(predeclared("any")), predeclared("error")).BlockFunc(func(g *jen.Group) {
		call := jen.Id(lowered(f.Name))
		if f.Recv != nil {
			workflowReceiver(w, g, f.Recv)
			call = jen.Id(w.names.recv).Dot(lowered(f.Name))
		}
		w.decodeAndCall(g, f.Signature, call, jen.Id(w.names.run), jen.Id(w.names.ctx))
	})
}

// workflowReceiver writes the receiver that a run of a workflow has:
//
//	recv := &Transfer{
//		Home:   abi.Receiver[Bank](_run, ""),
//		Abroad: abi.Receiver[Bank](_run, "abroad"),
//	}
//	if err := abi.Config(_run, "Fee", &recv.Fee); err != nil {
//		return nil, err
//	}
func workflowReceiver(w *writer, g *jen.Group, r *ir.WorkflowReceiver) {
	var fields []entry
	for _, f := range r.Fields {
		if !f.Config() {
			fields = append(fields, field(f.Name, w.activitiesOf(f)))
		}
	}
	t := ref(r.Type)
	if r.Pointer {
		t = jen.Op("&").Add(t)
	}
	g.Id(w.names.recv).Op(":=").Add(literal(t, fields...))
	for _, f := range r.Fields {
		if f.Config() {
			g.If(
				jen.Id(w.names.err).Op(":=").Add(abi("Config")).Call(jen.Id(w.names.run), jen.Lit(f.Name), jen.Op("&").Id(w.names.recv).Dot(f.Name)),
				jen.Id(w.names.err).Op("!=").Add(predeclared("nil")),
			).Block(jen.Return(predeclared("nil"), jen.Id(w.names.err)))
		}
	}
}

// activitiesOf writes what a field with activities holds in a run: abi.Receiver[Bank](_run, ""), pawlNewStock(_run, "")
// or abi.StandIn[stock.Stock](_run, "").
func (w *writer) activitiesOf(f ir.Field) jen.Code {
	args := []jen.Code{jen.Id(w.names.run), jen.Lit(f.Tag)}
	switch {
	case !f.Interface:
		return abi("Receiver").Types(ref(f.Type)).Call(args...)
	case f.Type.Pkg.Path == w.pkg.Path:
		return jen.Id(w.names.newStandIn(f.Type.Name)).Call(args...)
	}
	return abi("StandIn").Types(ref(f.Type)).Call(args...)
}
