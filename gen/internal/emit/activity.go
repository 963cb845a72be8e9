// Activities: their descriptors, the twins that schedule them, and the handlers that run them.

package emit

import (
	"fmt"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

func (w *writer) functions() {
	for _, a := range w.pkg.Functions {
		w.descriptor("", a)
		w.functionTwin(a)
	}
	if len(w.pkg.Functions) == 0 {
		return
	}
	w.file.Commentf("%s are the activities that are plain functions, with what runs them.", functionHandlers)
	w.file.Func().Id(functionHandlers).Params().Index().Add(abi("Handler")).Block(
		jen.Return(w.handlers("", "", w.pkg.Functions)),
	)
}

// descriptor declares the variable that describes an activity.
func (w *writer) descriptor(typeName string, a ir.Activity) {
	w.file.Var().Id(activityVar(typeName, a)).Op("=").Add(literal(jen.Op("&").Add(abi("Activity")),
		entry{"Name", jen.Lit(a.Registered)},
		entry{"Queue", text(a.Queue)},
		entry{"Step", when(a.Step)},
		entry{"Policy", policy(a.Policy)},
		entry{"Final", w.final(a.Final)},
		entry{"Codec", text(a.Codec)},
		entry{"Pos", jen.Lit(a.Pos)},
	))
}

func policy(p ir.Policy) jen.Code {
	return literal(abi("Policy"),
		entry{"StartToClose", duration(p.StartToClose)},
		entry{"ScheduleToStart", duration(p.ScheduleToStart)},
		entry{"ScheduleToClose", duration(p.ScheduleToClose)},
		entry{"Heartbeat", duration(p.Heartbeat)},
		entry{"Attempts", number(p.Attempts)},
		entry{"BackoffMin", duration(p.BackoffMin)},
		entry{"BackoffMax", duration(p.BackoffMax)},
		entry{"BackoffFactor", factor(p.BackoffFactor)},
	)
}

// final writes the function that reports the errors which are not retried.
func (w *writer) final(finals []ir.Final) jen.Code {
	if len(finals) == 0 {
		return nil
	}
	return jen.Func().Params(jen.Id(errName).Error()).Bool().BlockFunc(func(g *jen.Group) {
		if len(finals) == 1 && !finals[0].Type {
			g.Return(isError(finals[0]))
			return
		}
		for _, f := range finals {
			if f.Type {
				g.If(jen.List(jen.Id("_"), jen.Id("ok")).Op(":=").Qual("errors", "AsType").Types(pointerTo(f)).Call(jen.Id(errName)), jen.Id("ok")).Block(jen.Return(jen.True()))
			} else {
				g.If(isError(f)).Block(jen.Return(jen.True()))
			}
		}
		g.Return(jen.False())
	})
}

// isError asks whether the error is, or wraps, the value of a variable.
func isError(f ir.Final) *jen.Statement {
	return jen.Qual("errors", "Is").Call(jen.Id(errName), ref(f.Ref))
}

func pointerTo(f ir.Final) *jen.Statement {
	if f.Pointer {
		return jen.Op("*").Add(ref(f.Ref))
	}
	return ref(f.Ref)
}

func (w *writer) functionTwin(a ir.Activity) {
	w.file.Commentf("%s %s %s and waits for its outcome.", twin(a.Name), schedules(a), a.Name)
	w.schedule(jen.Func().Id(twin(a.Name)), "", a, map[string]bool{}, nil)
}

func schedules(a ir.Activity) string {
	if a.Step {
		return "runs step"
	}
	return "schedules activity"
}

// receiver writes what belongs to one type with activities.
func (w *writer) receiver(r ir.Receiver) {
	for _, a := range r.Activities {
		w.descriptor(r.Type.Name, a)
		if r.Interface {
			w.interfaceTwin(r, a)
		} else {
			w.methodTwin(r, a)
		}
	}
	w.receiverHandlers(r)
	if r.Interface {
		standInWriter{w, r.Type.Name, standInType(r.Type.Name)}.write(r)
	}
}

func (w *writer) methodTwin(r ir.Receiver, a ir.Activity) {
	used := map[string]bool{}
	recv := w.names.pick(used, a.Receiver, recvName)
	t := ref(r.Type)
	if a.Pointer {
		t = jen.Op("*").Add(t)
	}
	w.file.Commentf("%s %s %s and waits for its outcome.", twin(a.Name), schedules(a), a.Name)
	w.schedule(jen.Func().Params(jen.Id(recv).Add(t)).Id(twin(a.Name)), r.Type.Name, a, used, jen.Id(recv))
}

func (w *writer) interfaceTwin(r ir.Receiver, a ir.Activity) {
	used := map[string]bool{}
	name := interfaceTwin(r.Type.Name, a.Name)
	w.file.Commentf("%s %s %s of recv and waits for its outcome.", name, schedules(a), a.Name)
	w.schedule(jen.Func().Id(name), r.Type.Name, a, used, jen.Id(w.names.pick(used, recvName)), jen.Id(recvName).Add(ref(r.Type)))
}

// schedule writes the parameters, results and body of a twin. recv is nil for a function; extra parameters follow the
// run.
func (w *writer) schedule(f *jen.Statement, typeName string, a ir.Activity, used map[string]bool, recv *jen.Statement, extra ...jen.Code) {
	run := w.names.pick(used, runName)
	ctx, inputs, params := w.inputs(a.Signature, used, false)
	results := w.results(a.Signature, used)
	args := []jen.Code{jen.Id(run)}
	call := "Call"
	if recv != nil {
		args, call = append(args, recv), "CallOn"
	}
	args = append(args, jen.Id(ctx), jen.Id(activityVar(typeName, a)), anys(inputs))
	for _, r := range results.names {
		args = append(args, jen.Op("&").Id(r))
	}
	params = append(append([]jen.Code{jen.Id(run).Op("*").Add(abi("Run"))}, extra...), params...)
	f.Params(params...)
	if len(results.names) == 0 {
		w.file.Add(f.Error().Block(jen.Return(abi(call).Call(args...))))
		return
	}
	w.file.Add(f.Params(results.params...).Block(
		jen.Id(results.err).Op("=").Add(abi(call)).Call(args...),
		jen.Return(),
	))
}

// inputs writes the parameters of a signature, context first; flat makes a variadic one a slice.
func (w *writer) inputs(s ir.Signature, used map[string]bool, flat bool) (ctx string, names []string, params []jen.Code) {
	ctx = w.names.pick(used, s.Context, ctxName)
	params = []jen.Code{jen.Id(ctx).Qual("context", "Context")}
	for i, in := range s.Inputs {
		name := w.names.pick(used, in.Name, fmt.Sprint("a", i))
		names = append(names, name)
		params = append(params, jen.Id(name).Add(inputType(s, i, !flat)))
	}
	return ctx, names, params
}

// inputType is the type of input i as a parameter, or as the slice that a variadic one is inside the function.
func inputType(s ir.Signature, i int, asParam bool) *jen.Statement {
	t := typ(s.Inputs[i].Type)
	switch {
	case !s.Variadic || i < len(s.Inputs)-1:
		return t
	case asParam:
		return jen.Op("...").Add(t)
	}
	return jen.Index().Add(t)
}

// resultSet is the results of a signature, named, with the error last.
type resultSet struct {
	names  []string
	err    string
	params []jen.Code
}

func (w *writer) results(s ir.Signature, used map[string]bool) (r resultSet) {
	for i, out := range s.Results {
		name := w.names.pick(used, out.Name, fmt.Sprint("r", i))
		r.names = append(r.names, name)
		r.params = append(r.params, jen.Id(name).Add(typ(out.Type)))
	}
	r.err = w.names.pick(used, errName)
	r.params = append(r.params, jen.Id(r.err).Error())
	return r
}

func when(on bool) jen.Code {
	if !on {
		return nil
	}
	return jen.True()
}

func number(n int) jen.Code {
	if n == 0 {
		return nil
	}
	return jen.Lit(n)
}

func factor(f float64) jen.Code {
	if f == 0 {
		return nil
	}
	return jen.Id(fmt.Sprint(f))
}

// duration writes d in its largest whole unit; nothing for zero.
func duration(d time.Duration) jen.Code {
	units := []struct {
		size time.Duration
		name string
	}{{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}}
	if d == 0 {
		return nil
	}
	for _, u := range units {
		switch {
		case d == u.size:
			return jen.Qual("time", u.name)
		case d%u.size == 0:
			return jen.Id(fmt.Sprint(int64(d/u.size))).Op("*").Qual("time", u.name)
		}
	}
	return jen.Id(fmt.Sprint(int64(d))).Op("*").Qual("time", "Nanosecond")
}
