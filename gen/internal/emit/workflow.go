// Workflows: their descriptors, what runs them, and what starts and finds them.

package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

func (w *writer) workflow(f ir.Workflow) {
	n := workflowNames(f)
	w.workflowDescriptor(f, n)
	w.start(f, n)
	w.handle(f, n)
	w.constructor(f, n)
}

func (w *writer) workflowDescriptor(f ir.Workflow, n workflowSet) {
	w.file.Var().Id(n.descriptor).Op("=").Add(literal(jen.Op("&").Add(abi("Workflow")),
		entry{"Name", jen.Lit(f.Registered)},
		entry{"Queue", jen.Lit(f.Queue)},
		entry{"Timeout", duration(f.Timeout)},
		entry{"Version", jen.Lit(f.Version)},
		entry{"Generator", jen.Lit(w.pkg.Generator)},
		entry{"Codec", text(f.Codec)},
		entry{"Pos", jen.Lit(f.Pos)},
		entry{"Errors", jen.Id(errorsName)},
	))
}

// start writes the function that starts a run.
func (w *writer) start(f ir.Workflow, n workflowSet) {
	used := map[string]bool{}
	ctx, inputs, params := w.inputs(f.Signature, used, true)
	client := w.names.pick(used, "c", "client")
	id := w.names.pick(used, "id", "workflowID")
	opts := w.names.pick(used, "opts", "options")
	run := w.names.pick(used, "run", "started")
	err := w.names.pick(used, errName)
	all := append([]jen.Code{params[0], jen.Id(client).Op("*").Qual(pawlPath, "Client"), jen.Id(id).String()}, params[1:]...)
	all = append(all, jen.Id(opts).Op("...").Qual(pawlPath, "StartOption"))

	w.file.Commentf("%s starts a run of workflow %s under an id that no other open run of the namespace has.", n.start, fullName(f))
	w.file.Func().Id(n.start).Params(all...).Params(jen.Id(n.run), jen.Error()).Block(
		jen.List(jen.Id(run), jen.Id(err)).Op(":=").Id(client).Dot("Start").Call(
			jen.Id(ctx), jen.Id(n.descriptor), jen.Id(id), anys(inputs), jen.Id(opts).Op("..."),
		),
		jen.Return(jen.Id(n.run).Values(jen.Id(run)), jen.Id(err)),
	)
}

// handle writes the handle on a run, and what finds one.
func (w *writer) handle(f ir.Workflow, n workflowSet) {
	w.file.Commentf("%s is a handle on a run of %s.", n.run, fullName(f))
	w.file.Type().Id(n.run).Struct(jen.Op("*").Qual(pawlPath, "Run"))

	used := map[string]bool{"r": true}
	ctx := w.names.pick(used, ctxName)
	results := w.results(f.Signature, used)
	args := []jen.Code{jen.Id(ctx)}
	for _, r := range results.names {
		args = append(args, jen.Op("&").Id(r))
	}
	wait := jen.Id("r").Dot("Wait").Call(args...)
	w.file.Comment("Result waits for the run to end and gives what the workflow returned.")
	method := jen.Func().Params(jen.Id("r").Id(n.run)).Id("Result").Params(jen.Id(ctx).Qual("context", "Context"))
	if len(results.names) == 0 {
		w.file.Add(method.Error().Block(jen.Return(wait)))
	} else {
		w.file.Add(method.Params(results.params...).Block(jen.Id(results.err).Op("=").Add(wait), jen.Return()))
	}

	w.file.Commentf("%s is a handle on the newest run of %s under an id.", n.find, fullName(f))
	w.file.Func().Id(n.find).Params(jen.Id("c").Op("*").Qual(pawlPath, "Client"), jen.Id("id").String()).Id(n.run).Block(
		jen.Return(jen.Id(n.run).Values(jen.Id("c").Dot("Run").Call(jen.Id(n.descriptor), jen.Id("id")))),
	)
}

// constructor writes the function that gives the workflow with what runs it. It is a function, and not part of the
// descriptor, because lowered code refers to descriptors.
func (w *writer) constructor(f ir.Workflow, n workflowSet) {
	config := f.Recv.HasConfig()
	var params []jen.Code
	w.file.Commentf("%s is workflow %s, with what runs it.", n.constructor, fullName(f))
	if config {
		w.file.Comment("There is none if the receiver that holds its configuration is nil.")
		params = []jen.Code{jen.Id(recvName).Op("*").Add(ref(f.Recv.Type))}
	}
	w.file.Func().Id(n.constructor).Params(params...).Index().Op("*").Add(abi("Workflow")).BlockFunc(func(g *jen.Group) {
		if config {
			g.If(jen.Id(recvName).Op("==").Nil()).Block(jen.Return(jen.Nil()))
		}
		g.Id(flowName).Op(":=").Op("*").Id(n.descriptor)
		if config {
			g.Id(flowName).Dot("Config").Op("=").Add(w.config(f.Recv))
		}
		g.Id(flowName).Dot("Run").Op("=").Func().Params(
			jen.Id(runName).Op("*").Add(abi("Run")), jen.Id(ctxName).Qual("context", "Context"), jen.Id(inName).Add(abi("Values")),
		).Params(jen.Index().Any(), jen.Error()).BlockFunc(func(g *jen.Group) { w.runWorkflow(g, f) })
		g.Return(jen.Index().Op("*").Add(abi("Workflow")).Values(jen.Op("&").Id(flowName)))
	})
}

// config writes the function that reads the configuration to record.
func (w *writer) config(r *ir.WorkflowReceiver) jen.Code {
	var pairs []entry
	for _, f := range r.Fields {
		if f.Config() {
			pairs = append(pairs, entry{`"` + f.Name + `"`, jen.Id(recvName).Dot(f.Name)})
		}
	}
	return jen.Func().Params().Map(jen.String()).Any().Block(
		jen.Return(literal(jen.Map(jen.String()).Any(), pairs...)),
	)
}

// runWorkflow writes the body that makes the receiver, decodes the inputs and calls the lowered code.
func (w *writer) runWorkflow(g *jen.Group, f ir.Workflow) {
	run := []jen.Code{jen.Id(runName)}
	if f.Recv == nil {
		w.decodeAndCall(g, f.Signature, jen.Id(twin(f.Name)), run)
		return
	}
	var fields []entry
	for _, field := range f.Recv.Fields {
		if !field.Config() {
			fields = append(fields, entry{field.Name, activities(field)})
		}
	}
	t := ref(f.Recv.Type)
	if f.Recv.Pointer {
		t = jen.Op("&").Add(t)
	}
	g.Id(recvName).Op(":=").Add(literal(t, fields...))
	for _, field := range f.Recv.Fields {
		if field.Config() {
			g.If(
				jen.Err().Op(":=").Add(abi("Config")).Call(jen.Id(runName), jen.Lit(field.Name), jen.Op("&").Id(recvName).Dot(field.Name)),
				jen.Err().Op("!=").Nil(),
			).Block(jen.Return(jen.Nil(), jen.Err()))
		}
	}
	w.decodeAndCall(g, f.Signature, jen.Id(recvName).Dot(twin(f.Name)), run)
}

// activities writes what a field with activities holds in a run.
func activities(f ir.Field) jen.Code {
	if f.Interface {
		return jen.Qual(f.Type.Pkg.Path, standIn(f.Type.Name)).Call(jen.Id(runName), jen.Lit(f.Tag))
	}
	return abi("Receiver").Types(ref(f.Type)).Call(jen.Id(runName), jen.Lit(f.Tag))
}

// fullName is a workflow's name for people: Checkout, Flow.Deliver.
func fullName(f ir.Workflow) string {
	if f.Recv != nil {
		return f.Recv.Type.Name + "." + f.Name
	}
	return f.Name
}
