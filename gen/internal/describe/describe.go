// Package describe turns the annotated functions of a package into plain values, from which its generated file is written,
// and checks that they can be called durably.
package describe

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// Package describes what is annotated in a package, leaving out functions that cannot be called durably. It only needs
// checked declarations. The caller adds what follows from lowering: versions, sources, binders and dispatchers.
//
// The description is not complete if the signatures of functions mention names that are still to be generated.
func Package(prog *gosrc.Program, pkg *gosrc.Package) (p *ir.Package, complete bool) {
	d := describer{prog: prog, pkg: pkg, out: &ir.Package{
		Import: ir.Import{Path: pkg.Path, Name: pkg.Name},
		Main:   pkg.Name == "main",
		Scope:  scope(pkg),
	}}
	complete = true
	for _, f := range pkg.Annotated {
		switch {
		case invalid(f):
			complete = false
		case len(checkSignature(prog, f)) > 0:
		case f.Kind == annotations.Workflow:
			d.workflow(f)
		case f.Type() != nil:
			d.method(f)
		default:
			d.out.Functions = append(d.out.Functions, d.activity(f))
		}
	}
	d.instances()
	if len(pkg.Annotated) > 0 {
		d.out.Errors = Errors(pkg, nil)
	}
	return d.out, complete
}

type describer struct {
	prog *gosrc.Program
	pkg  *gosrc.Package
	out  *ir.Package
}

// scope lists the names that the author declares in a package.
func scope(p *gosrc.Package) (names []string) {
	for _, f := range p.Files {
		for _, decl := range f.Syntax.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names = append(names, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, id := range gosrc.DeclaredNames(spec) {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (d *describer) function(f *gosrc.Func) ir.Func {
	o := f.Directive.Options
	return ir.Func{
		Name:       f.Obj.Name(),
		Doc:        doc(f),
		Signature:  signature(f),
		Registered: f.Registered(),
		Queue:      cmp.Or(o.Queue, d.pkg.Path),
		Codec:      o.Codec,
		Pos:        d.prog.Short(f.Obj.Pos()),
	}
}

func (d *describer) activity(f *gosrc.Func) ir.Activity {
	o := f.Directive.Options
	fn, step := d.function(f), f.Kind == annotations.Step
	if step {
		fn.Queue = "" // it runs where its workflow does
	}
	return ir.Activity{
		Func: fn,
		Step: step,
		Policy: ir.Policy{
			StartToClose:    o.Timeout,
			ScheduleToStart: o.ScheduleToStart,
			ScheduleToClose: o.ScheduleToClose,
			Heartbeat:       o.Heartbeat,
			Attempts:        o.Attempts,
			BackoffMin:      o.Backoff.Min,
			BackoffMax:      o.Backoff.Max,
			BackoffFactor:   o.Backoff.Factor,
		},
		Final: d.finals(f),
	}
}

func (d *describer) finals(f *gosrc.Func) (out []ir.Final) {
	for _, final := range Finals(f) {
		_, isType := final.Obj.(*types.TypeName)
		out = append(out, ir.Final{Ref: ref(final.Obj), Type: isType, Pointer: final.Pointer})
	}
	return out
}

// method adds an activity to those of its receiver.
func (d *describer) method(f *gosrc.Func) {
	t := ref(f.Type().Obj())
	i := slices.IndexFunc(d.out.Receivers, func(r ir.Receiver) bool { return r.Type == t })
	if i < 0 {
		i = len(d.out.Receivers)
		d.out.Receivers = append(d.out.Receivers, ir.Receiver{Type: t, Interface: f.Iface != nil, Others: d.others(f)})
	}
	a := d.activity(f)
	if recv := f.Obj.Signature().Recv(); f.Iface == nil && recv != nil {
		_, a.Pointer = types.Unalias(recv.Type()).(*types.Pointer)
		a.Receiver = recv.Name()
	}
	d.out.Receivers[i].Activities = append(d.out.Receivers[i].Activities, a)
}

// others are the methods that an annotated interface does not annotate itself.
func (d *describer) others(f *gosrc.Func) (out []ir.Method) {
	if f.Iface == nil {
		return nil
	}
	iface := f.Iface.Underlying().(*types.Interface)
	for m := range iface.Methods() {
		sig := m.Signature()
		method := ir.Method{
			Name:     m.Name(),
			Inputs:   params(vars(sig.Params()), sig.Variadic()),
			Variadic: sig.Variadic(),
			Results:  params(vars(sig.Results()), false),
		}
		annotated := d.prog.Annotation(m)
		switch {
		case annotated == nil:
			out = append(out, method)
		case annotated.Iface != f.Iface:
			method.Annotated = ref(annotated.Iface.Obj())
			out = append(out, method)
		}
	}
	return out
}

func (d *describer) workflow(f *gosrc.Func) {
	w := ir.Workflow{Func: d.function(f), Timeout: f.Directive.Options.Timeout}
	if t := f.Type(); t != nil {
		_, pointer := types.Unalias(f.Obj.Signature().Recv().Type()).(*types.Pointer)
		w.Recv = &ir.WorkflowReceiver{Type: ref(t.Obj()), Pointer: pointer}
		for _, field := range validFields(d.prog, f) {
			w.Recv.Fields = append(w.Recv.Fields, describeField(field))
		}
	}
	w.Continues = slices.ContainsFunc(f.File.Continues, func(c gosrc.Continue) bool { return f.Decl.Pos() <= c.Pos && c.Pos < f.Decl.End() })
	d.out.Workflows = append(d.out.Workflows, w)
}

func describeField(f field) ir.Field {
	out := ir.Field{Name: f.Var.Name(), Interface: f.Interface, Tag: f.Tag}
	if f.Activities != nil {
		out.Type = ref(f.Activities.Obj())
	}
	return out
}

// instances adds the receivers that a worker passes: one for each type with activities, one for each tag under which
// a workflow holds one, and one for each workflow receiver with configuration.
func (d *describer) instances() {
	add := func(in ir.Instance) {
		i := slices.IndexFunc(d.out.Instances, func(x ir.Instance) bool { return x.Type == in.Type && x.Tag == in.Tag })
		if i < 0 {
			d.out.Instances = append(d.out.Instances, in)
		}
	}
	for _, r := range d.out.Receivers {
		add(ir.Instance{Type: r.Type, Interface: r.Interface, Activities: true})
	}
	for _, w := range d.out.Workflows {
		if w.Recv == nil {
			continue
		}
		for _, f := range w.Recv.Fields {
			if f.Tag != "" {
				add(ir.Instance{Type: f.Type, Interface: f.Interface, Tag: f.Tag, Activities: true})
			}
		}
		if w.Recv.HasConfig() {
			add(ir.Instance{Type: w.Recv.Type})
		}
	}
}

func signature(f *gosrc.Func) ir.Signature {
	sig := f.Obj.Signature()
	return ir.Signature{
		Context:  sig.Params().At(0).Name(),
		Params:   asWritten(setRoles(f, params(inputs(f), sig.Variadic()), inputs(f)), f.Syntax.Params, 1),
		Variadic: sig.Variadic(),
		Results:  asWritten(params(results(f), false), f.Syntax.Results, 0),
	}
}

// asWritten marks the parameters or results that share their type with the one before in the author's list, whose first ones
// are left out. So is the last one of results.
func asWritten(params []ir.Param, list *ast.FieldList, leftOut int) []ir.Param {
	i := -leftOut
	for _, field := range list.List {
		for n := range max(1, len(field.Names)) {
			if 0 < i && i < len(params) {
				params[i].Joined = n > 0
			}
			i++
		}
	}
	return params
}

func params(vs []*types.Var, variadic bool) (out []ir.Param) {
	for i, v := range vs {
		t := v.Type()
		if variadic && i == len(vs)-1 {
			t = t.(*types.Slice).Elem()
		}
		out = append(out, ir.Param{Name: v.Name(), Type: typeOf(t)})
	}
	return out
}

// typeOf describes a type.
func typeOf(t types.Type) (out ir.Type) {
	out.Text = types.TypeString(t, func(p *types.Package) string {
		out.Packages = append(out.Packages, ir.Import{Path: p.Path(), Name: p.Name()})
		return fmt.Sprint("p", len(out.Packages)-1)
	})
	return out
}

// invalid reports whether a signature has types that are not declared, perhaps because they are still to be generated.
func invalid(f *gosrc.Func) bool {
	return strings.Contains(f.Obj.Signature().String(), types.Typ[types.Invalid].String())
}

func ref(obj types.Object) ir.Ref {
	return ir.Ref{Pkg: ir.Import{Path: obj.Pkg().Path(), Name: obj.Pkg().Name()}, Name: obj.Name()}
}

// doc returns the author's comment on f, without directives.
func doc(f *gosrc.Func) string {
	if f.Decl == nil {
		return ""
	}
	return strings.TrimSpace(f.Decl.Doc.Text())
}
