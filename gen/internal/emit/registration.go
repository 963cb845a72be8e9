// The registration: everything that a worker runs, and what it needs to know about errors and sources.

package emit

import (
	"maps"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// registration writes
//
//	// PawlRegistration returns the activities and workflows of package shop, for a worker to run.
//	// Pass nil for a receiver to leave its activities to other workers.
//	func PawlRegistration(bank, bankAbroad *Bank, transfer *Transfer) pawl.Registration {
//		return pawlPackage.Registration(
//			slices.Concat(
//				pawlBankActivities(bank, ""),
//				pawlBankActivities(bankAbroad, "abroad"),
//			),
//			pawlCheckout.With(pawlRunCheckout),
//			pawlTransferSend.WithConfig(pawlTransferConfig(transfer), pawlRunTransferSend),
//		)
//	}
func (w *writer) registration() {
	if !annotated(w.pkg) {
		return
	}
	instances := w.instances()
	w.commentf("%s returns the activities and workflows of package %s, for a worker to run.", registrationName, w.pkg.Name)
	if len(instances) > 0 {
		w.commentf("Pass nil for a receiver to leave its activities to other workers.")
	}
	args := append([]jen.Code{w.activities(instances)}, w.workflows(instances)...)
	w.file.Func().Id(registrationName).Params(instanceParams(instances)...).Qual(pawlPath, "Registration").Block(
		jen.Return(jen.Id(w.names.pkg).Dot("Registration").Custom(callLines, args...)),
	)
}

// callLines writes the arguments of a call, each on a line.
var callLines = jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}

// instance is a parameter of the registration.
type instance struct {
	ir.Instance
	name string
}

func (w *writer) instances() (all []instance) {
	used := map[string]bool{}
	for _, in := range w.pkg.Instances {
		base := unexported(in.Type.Name)
		if in.Tag != "" {
			base += exported(in.Tag)
		}
		all = append(all, instance{in, w.pick(used, base)})
	}
	return all
}

// instanceParams writes bank, bankAbroad *Bank, transfer *Transfer.
func instanceParams(instances []instance) (params []jen.Code) {
	for len(instances) > 0 {
		first, n := instances[0], 1
		for n < len(instances) && instances[n].Type == first.Type {
			n++
		}
		param := jen.ListFunc(func(g *jen.Group) {
			for _, in := range instances[:n] {
				g.Id(in.name)
			}
		})
		params = append(params, param.Add(pointerTo(first.Type, !first.Interface)))
		instances = instances[n:]
	}
	return params
}

// activities writes pawlActivities(), several of these in slices.Concat(…), or nil.
func (w *writer) activities(instances []instance) jen.Code {
	var calls []jen.Code
	if len(w.pkg.Functions) > 0 {
		calls = append(calls, jen.Id(w.names.functions).Call())
	}
	for _, in := range instances {
		if !in.Activities {
			continue
		}
		handlers := abi("Activities")
		if in.Type.Pkg.Path == w.pkg.Path {
			handlers = jen.Id(w.names.handlers(in.Type.Name))
		}
		calls = append(calls, handlers.Call(jen.Id(in.name), jen.Lit(in.Tag)))
	}
	switch len(calls) {
	case 0:
		return predeclared("nil")
	case 1:
		return calls[0]
	}
	return jen.Qual("slices", "Concat").Custom(callLines, calls...)
}

// workflows writes pawlCheckout.With(pawlRunCheckout), and so on.
func (w *writer) workflows(instances []instance) (all []jen.Code) {
	for _, f := range w.pkg.Workflows {
		workflow, run := jen.Id(w.names.workflow(f)), jen.Id(w.names.runner(f))
		if !f.Recv.HasConfig() {
			all = append(all, workflow.Dot("With").Call(run))
			continue
		}
		i := slices.IndexFunc(instances, func(in instance) bool { return in.Type == f.Recv.Type && in.Tag == "" })
		config := jen.Id(w.names.config(f.Recv.Type.Name)).Call(jen.Id(instances[i].name))
		all = append(all, workflow.Dot("WithConfig").Call(config, run))
	}
	return all
}

// configs writes, for each receiver of workflows that has configuration,
//
//	// pawlTransferConfig returns the function that reads the configuration to record, or nil if recv is nil.
//	func pawlTransferConfig(recv *Transfer) func() map[string]any {
//		if recv == nil {
//			return nil
//		}
//		return func() map[string]any {
//			return map[string]any{
//				"Fee": recv.Fee,
//			}
//		}
//	}
func (w *writer) configs() {
	done := map[string]bool{}
	for _, f := range w.pkg.Workflows {
		if !f.Recv.HasConfig() || done[f.Recv.Type.Name] {
			continue
		}
		done[f.Recv.Type.Name] = true
		var pairs []entry
		for _, fd := range f.Recv.Fields {
			if fd.Config() {
				pairs = append(pairs, entry{jen.Lit(fd.Name), jen.Id(w.names.recv).Dot(fd.Name)})
			}
		}
		config := func() *jen.Statement { return jen.Func().Params().Map(predeclared("string")).Add(predeclared("any")) }
		name := w.names.config(f.Recv.Type.Name)
		w.commentf("%s returns the function that reads the configuration to record, or nil if recv is nil.", name)
		w.file.Func().Id(name).Params(jen.Id(w.names.recv).Op("*").Add(ref(f.Recv.Type))).Add(config()).Block(
			jen.If(jen.Id(w.names.recv).Op("==").Add(predeclared("nil"))).Block(jen.Return(predeclared("nil"))),
			jen.Return(config().Block(jen.Return(literal(jen.Map(predeclared("string")).Add(predeclared("any")), pairs...)))),
		)
	}
}

// packageVar writes
//
//	// pawlSourceMain is main.go in this build. A worker that starts compares it with the fingerprints that this file holds.
//	//
//	//go:embed main.go
//	var pawlSourceMain string
//
//	// pawlPackage holds what the activities and workflows of the package share. A worker checks that
//	// the sources have not changed since this file was generated.
//	var pawlPackage = abi.NewPackage(abi.Package{
//		Path:      "example.com/shop",
//		Generator: "2",
//		Errors:    abi.Errors{…},
//		Sources:   []abi.Source{…},
//		Imports:   []string{"example.com/stock"},
//	})
//
// It names no variable if nothing in the package refers to it.
func (w *writer) packageVar() {
	var sources, imports []jen.Code
	for _, s := range w.pkg.Sources {
		w.embed(s)
		sources = append(sources, w.source(jen.Empty(), s))
	}
	for _, i := range w.pkg.Includes {
		imports = append(imports, jen.Lit(i.Path))
	}
	name := "_"
	if annotated(w.pkg) || len(w.pkg.Guards) > 0 {
		name = w.names.pkg
		w.commentf("%s holds what the activities and workflows of the package share.", name)
	}
	w.commentf("A worker checks that the sources have not changed since this file was generated.")
	w.file.Var().Id(name).Op("=").Add(abi("NewPackage")).Call(literal(abi("Package"),
		field("Path", jen.Lit(w.pkg.Path)),
		field("Generator", jen.Lit(w.pkg.Generator)),
		field("Errors", errorList(w.pkg.Errors)),
		field("Sources", list(jen.Index().Add(abi("Source")), sources)),
		field("Imports", list(jen.Index().Add(predeclared("string")), imports)),
	))
}

// errorList writes the errors that keep their identity when they are recorded:
//
//	abi.Errors{
//		abi.Sentinel("example.com/shop.ErrDeclined", ErrDeclined),
//		abi.ErrorType[*CardError]("*example.com/shop.CardError"),
//	}
func errorList(errors []ir.Error) jen.Code {
	var elements []jen.Code
	for _, e := range errors {
		if e.Type {
			elements = append(elements, abi("ErrorType").Types(pointerTo(e.Ref, e.Pointer)).Call(jen.Lit(e.Registered)))
		} else {
			elements = append(elements, abi("Sentinel").Call(jen.Lit(e.Registered), ref(e.Ref)))
		}
	}
	return list(abi("Errors"), elements)
}

// embed writes
//
//	// pawlSourceMain is main.go in this build. A worker that starts compares it with the fingerprints that this file holds.
//	//
//	//go:embed main.go
//	var pawlSourceMain string
func (w *writer) embed(s ir.Source) {
	w.file.Anon("embed")
	w.commentf("%s is %s in this build. A worker that starts compares it with the fingerprints that this file holds.\n", w.names.source(s.File), s.File)
	w.file.Comment("//go:embed " + s.File)
	w.file.Var().Id(w.names.source(s.File)).Add(predeclared("string"))
}

// source writes a file with the fingerprints of its declarations:
//
//	{
//		File: "main.go",
//		Text: pawlSourceMain,
//		Sums: map[string]string{
//			"Charge": "c230a52263fdc173",
//		},
//	}
func (w *writer) source(t *jen.Statement, s ir.Source) jen.Code {
	var sums []entry
	for _, key := range slices.Sorted(maps.Keys(s.Sums)) {
		sums = append(sums, entry{jen.Lit(key), jen.Lit(s.Sums[key])})
	}
	return literal(t,
		field("File", jen.Lit(s.File)),
		field("Text", jen.Id(w.names.source(s.File))),
		field("Sums", literal(jen.Map(predeclared("string")).Add(predeclared("string")), sums...)),
	)
}
