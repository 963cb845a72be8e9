// The module: everything that a worker runs, and what it needs to know about errors and sources.

package emit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

func (w *writer) module() {
	if !annotated(w.pkg) {
		return
	}
	params, names := w.instances()
	doc := fmt.Sprintf("%s is everything annotated in package %s, for a worker to run.", registrationName, w.pkg.Name)
	if len(params) > 0 {
		doc += " A nil receiver leaves its activities to\nother workers."
	}
	for line := range strings.SplitSeq(doc, "\n") {
		w.file.Comment(line)
	}
	w.file.Func().Id(registrationName).Params(params...).Qual(pawlPath, "Registration").Block(
		jen.Return(literal(jen.Qual(pawlPath, "Registration"),
			entry{"Package", jen.Lit(w.pkg.Path)},
			entry{"Generator", jen.Lit(w.pkg.Generator)},
			entry{"Activities", w.moduleActivities(names)},
			entry{"Workflows", w.moduleWorkflows(names)},
			entry{"Errors", jen.Id(errorsName)},
			entry{"Sources", jen.Id(sourcesName)},
		)),
	)
}

// instances writes the parameters of the module's constructor.
func (w *writer) instances() (params []jen.Code, names []string) {
	used := map[string]bool{}
	for _, in := range w.pkg.Instances {
		base := lower(in.Type.Name)
		if in.Tag != "" {
			base += title(in.Tag)
		}
		name := w.names.pick(used, base)
		t := ref(in.Type)
		if !in.Interface {
			t = jen.Op("*").Add(t)
		}
		names = append(names, name)
		params = append(params, jen.Id(name).Add(t))
	}
	return params, names
}

func (w *writer) moduleActivities(names []string) jen.Code {
	var calls []jen.Code
	if len(w.pkg.Functions) > 0 {
		calls = append(calls, jen.Id(functionHandlers).Call())
	}
	for i, in := range w.pkg.Instances {
		if in.Activities {
			calls = append(calls, jen.Qual(in.Type.Pkg.Path, handlersOf(in.Type.Name)).Call(jen.Id(names[i]), jen.Lit(in.Tag)))
		}
	}
	return concat(calls)
}

func (w *writer) moduleWorkflows(names []string) jen.Code {
	var calls []jen.Code
	for _, f := range w.pkg.Workflows {
		call := jen.Id(workflowNames(f).constructor)
		if f.Recv.HasConfig() {
			i := slices.IndexFunc(w.pkg.Instances, func(in ir.Instance) bool { return in.Type == f.Recv.Type && in.Tag == "" })
			calls = append(calls, call.Call(jen.Id(names[i])))
		} else {
			calls = append(calls, call.Call())
		}
	}
	return concat(calls)
}

// concat joins slices, on one line if there is only one of them.
func concat(parts []jen.Code) jen.Code {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return jen.Qual("slices", "Concat").Custom(jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, parts...)
}

// errors writes the errors that keep their identity.
func (w *writer) errors() {
	var elements []jen.Code
	for _, e := range w.pkg.Errors {
		if e.Type {
			elements = append(elements, abi("ErrorType").Types(pointerTo(e.Final)).Call(jen.Lit(e.Registered)))
		} else {
			elements = append(elements, abi("Sentinel").Call(jen.Lit(e.Registered), ref(e.Ref)))
		}
	}
	w.file.Commentf("%s are the errors that keep their identity when they are recorded.", errorsName)
	w.file.Var().Id(errorsName).Op("=").Add(w.included(list(abi("Errors"), elements), errorsName))
}

// included joins what this package has with what the packages have that it builds on.
func (w *writer) included(own *jen.Statement, name string) jen.Code {
	parts := []jen.Code{own}
	for _, pkg := range w.pkg.Includes {
		parts = append(parts, jen.Qual(pkg.Path, name))
	}
	return concat(parts)
}

// sources embeds the files that the code was generated from, with the fingerprints of that time.
func (w *writer) sources() {
	var elements []jen.Code
	used := map[string]bool{}
	for _, s := range w.pkg.Sources {
		elements = append(elements, w.source(jen.Empty(), s, used))
	}
	w.file.Commentf("%s are the files that this code was generated from. A worker refuses to start when they changed since.", sourcesName)
	w.file.Var().Id(sourcesName).Op("=").Add(w.included(list(jen.Index().Add(abi("Source")), elements), sourcesName))
}

// source embeds a file, and gives it as a literal with its fingerprints.
func (w *writer) source(t *jen.Statement, s ir.Source, used map[string]bool) jen.Code {
	name := w.names.pick(used, "source__"+identifier(strings.TrimSuffix(s.File, ".go")))
	w.file.Anon("embed")
	w.file.Comment("//go:embed " + s.File)
	w.file.Var().Id(name).String()
	return literal(t,
		entry{"File", jen.Lit(w.pkg.Path + "/" + s.File)},
		entry{"Text", jen.Id(name)},
		entry{"Sums", sums(s.Sums)},
	)
}

func sums(m map[string]string) jen.Code {
	var pairs []entry
	for _, key := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, entry{fmt.Sprintf("%q", key), jen.Lit(m[key])})
	}
	return literal(jen.Map(jen.String()).String(), pairs...)
}

func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}
