// Activities: what describes them, and the functions that lowered code calls in their place.

package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// functions writes what belongs to activities that are functions.
func (w *writer) functions() {
	for _, a := range w.pkg.Functions {
		w.description("", a)
		w.functionStub(a)
	}
	w.functionHandlers()
}

// receiver writes what belongs to a type with activities.
func (w *writer) receiver(r ir.Receiver) {
	for _, a := range r.Activities {
		w.description(r.Type.Name, a)
		if r.Interface {
			w.interfaceStub(r, a)
		} else {
			w.methodStub(r, a)
		}
	}
	w.receiverHandlers(r)
	if r.Interface {
		w.standIn(r)
	}
}

// description writes
//
//	// pawlCharge describes activity Charge.
//	var pawlCharge = pawlPackage.Activity(abi.Activity{
//		Name:   "example.com/shop.Charge",
//		Policy: abi.Policy{StartToClose: 10 * time.Second},
//		Pos:    "shop.go:17",
//	})
func (w *writer) description(typeName string, a ir.Activity) {
	name := w.names.activity(typeName, a.Name)
	queue := a.Queue
	if queue == w.pkg.Path {
		queue = "" // the default
	}
	w.commentf("%s describes %s %s.", name, kind(a), display(typeName, a.Name))
	w.file.Var().Id(name).Op("=").Id(w.names.pkg).Dot("Activity").Call(literal(abi("Activity"),
		field("Name", jen.Lit(a.Registered)),
		field("Queue", lit(queue)),
		field("Step", flag(a.Step)),
		field("Policy", policy(a.Policy)),
		field("Final", w.final(a.Final)),
		field("Codec", lit(a.Codec)),
		field("Pos", jen.Lit(a.Pos)),
	))
}

func kind(a ir.Activity) string {
	if a.Step {
		return "step"
	}
	return "activity"
}

// policy writes what a policy has that is not the default, or nothing:
//
//	abi.Policy{StartToClose: 10 * time.Second, Attempts: 5}
func policy(p ir.Policy) jen.Code {
	usual := annotations.Defaults(annotations.Activity)
	var fields []jen.Code
	set := func(name string, value jen.Code, is bool) {
		if is && value != nil {
			fields = append(fields, jen.Id(name).Op(":").Add(value))
		}
	}
	set("StartToClose", duration(p.StartToClose), p.StartToClose != usual.Timeout)
	set("ScheduleToStart", duration(p.ScheduleToStart), true)
	set("ScheduleToClose", duration(p.ScheduleToClose), true)
	set("Heartbeat", duration(p.Heartbeat), true)
	set("Attempts", lit(p.Attempts), true)
	set("BackoffMin", duration(p.BackoffMin), p.BackoffMin != usual.Backoff.Min)
	set("BackoffMax", duration(p.BackoffMax), p.BackoffMax != usual.Backoff.Max)
	set("BackoffFactor", lit(p.BackoffFactor), p.BackoffFactor != usual.Backoff.Factor)
	if len(fields) == 0 {
		return nil
	}
	return abi("Policy").Values(fields...)
}

// final writes the function that reports the errors that are not retried:
//
//	func(err error) bool {
//		if errors.Is(err, ErrDeclined) {
//			return true
//		}
//		_, ok := errors.AsType[*CardError](err)
//		return ok
//	}
func (w *writer) final(finals []ir.Final) jen.Code {
	if len(finals) == 0 {
		return nil
	}
	return jen.Func().Params(jen.Id(w.names.err).Add(predeclared("error"))).Add(predeclared("bool")).BlockFunc(func(g *jen.Group) {
		for _, f := range finals[:len(finals)-1] {
			if f.Type {
				g.If(w.asType(f), jen.Id(w.names.ok)).Block(jen.Return(predeclared("true")))
			} else {
				g.If(w.isError(f)).Block(jen.Return(predeclared("true")))
			}
		}
		if last := finals[len(finals)-1]; last.Type {
			g.Add(w.asType(last))
			g.Return(jen.Id(w.names.ok))
		} else {
			g.Return(w.isError(last))
		}
	})
}

// isError writes errors.Is(err, ErrDeclined).
func (w *writer) isError(f ir.Final) *jen.Statement {
	return jen.Qual("errors", "Is").Call(jen.Id(w.names.err), ref(f.Ref))
}

// asType writes _, ok := errors.AsType[*CardError](err).
func (w *writer) asType(f ir.Final) *jen.Statement {
	return jen.List(jen.Id("_"), jen.Id(w.names.ok)).Op(":=").Qual("errors", "AsType").Types(pointerTo(f.Ref, f.Pointer)).Call(jen.Id(w.names.err))
}

// functionStub writes
//
//	// Charge__pawl schedules activity Charge and waits for its outcome.
//	// An attempt may take 1m. One that fails is made again after 1s, then 2s, and so on up to 1m, until one succeeds.
//	func Charge__pawl(_run *abi.Run, ctx context.Context, item string) (payment string, err error) {
//		err = abi.Call(ctx, _run, pawlCharge, []any{item}, &payment)
//		return payment, err
//	}
func (w *writer) functionStub(a ir.Activity) {
	name := lowered(a.Name)
	w.commentf("%s %s %s and waits for its outcome.\n%s", name, schedules(a), a.Name, inWords(a.Policy))
	w.stub(stub{head: jen.Func().Id(name), activity: a, used: map[string]bool{w.names.run: true}})
}

// methodStub writes
//
//	// Take__pawl schedules activity Bank.Take and waits for its outcome.
//	// An attempt may take 1m. One that fails is made again after 1s, then 2s, and so on up to 1m, until one succeeds.
//	func (b *Bank) Take__pawl(_run *abi.Run, ctx context.Context, cents int) (receipt string, err error) {
//		err = abi.CallOn(ctx, _run, b, pawlBankTake, []any{cents}, &receipt)
//		return receipt, err
//	}
func (w *writer) methodStub(r ir.Receiver, a ir.Activity) {
	used := map[string]bool{w.names.run: true}
	recv := w.pick(used, a.Receiver, w.names.recv)
	name := lowered(a.Name)
	w.commentf("%s %s %s and waits for its outcome.\n%s", name, schedules(a), display(r.Type.Name, a.Name), inWords(a.Policy))
	w.stub(stub{
		head: jen.Func().Params(jen.Id(recv).Add(pointerTo(r.Type, a.Pointer))).Id(name),
		recv: recv, typeName: r.Type.Name, activity: a, used: used,
	})
}

// interfaceStub writes
//
//	// Stock_Reserve__pawl schedules activity Stock.Reserve and waits for its outcome.
//	// An attempt may take 1m. One that fails is made again after 1s, then 2s, and so on up to 1m, until one succeeds.
//	func Stock_Reserve__pawl(_run *abi.Run, recv Stock, ctx context.Context, sku string) error {
//		return abi.CallOn(ctx, _run, recv, pawlStockReserve, []any{sku})
//	}
func (w *writer) interfaceStub(r ir.Receiver, a ir.Activity) {
	used := map[string]bool{w.names.run: true, w.names.recv: true}
	name := loweredMethod(r.Type.Name, a.Name)
	w.commentf("%s %s %s and waits for its outcome.\n%s", name, schedules(a), display(r.Type.Name, a.Name), inWords(a.Policy))
	w.stub(stub{
		head: jen.Func().Id(name), recv: w.names.recv, first: jen.Id(w.names.recv).Add(ref(r.Type)),
		typeName: r.Type.Name, activity: a, used: used,
	})
}

func schedules(a ir.Activity) string {
	if a.Step {
		return "runs step"
	}
	return "schedules activity"
}

// stub is what stubs of functions, methods and interface methods differ in.
type stub struct {
	head     *jen.Statement // up to the parameters
	recv     string         // name of the receiver, if there is one
	first    *jen.Statement // parameter between the run and the context, if there is one
	typeName string
	activity ir.Activity
	used     map[string]bool
}

// stub writes the parameters, results and body of a stub; see functionStub.
func (w *writer) stub(s stub) {
	sig := s.activity.Signature
	ctx := w.pick(s.used, sig.Context, w.names.ctx)
	inputs := w.variables(s.used, sig.Params, argName)
	results := w.variables(s.used, sig.Results, resultName)
	err := w.pick(s.used, w.names.err)

	params := []jen.Code{w.runParam()}
	function, args := "Call", []jen.Code{jen.Id(ctx), jen.Id(w.names.run)}
	if s.first != nil {
		params = append(params, s.first)
	}
	if s.recv != "" {
		function, args = "CallOn", append(args, jen.Id(s.recv))
	}
	params = append(append(params, ctxParam(ctx)), declarations(variadic(inputs, sig.Variadic, "..."))...)
	args = append(append(args, jen.Id(w.names.activity(s.typeName, s.activity.Name)), anys(inputs)), pointers(results)...)
	w.file.Add(s.head.Params(params...).Add(fetch(results, err, abi(function).Call(args...))))
}

// fetch writes the results and the body of a function that has its results filled by a call that returns an error:
//
//	(parcel string, err error) {
//		err = call(&parcel)
//		return parcel, err
//	}
//
// or, without results,
//
//	error {
//		return call()
//	}
func fetch(results []variable, err string, call jen.Code) *jen.Statement {
	if len(results) == 0 {
		return predeclared("error").Block(jen.Return(call))
	}
	return jen.Params(append(declarations(results), jen.Id(err).Add(predeclared("error")))...).Block(
		jen.Id(err).Op("=").Add(call),
		jen.Return(append(arguments(results, false), jen.Id(err))...),
	)
}
