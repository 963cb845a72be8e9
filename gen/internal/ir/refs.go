// This file finds the packages that a description refers to.

package ir

import "iter"

// Packages yields the packages that the description refers to, repetitions included.
func (p *Package) Packages() iter.Seq[Import] {
	return func(yield func(Import) bool) {
		w := walker{yield, true}
		for _, a := range p.Functions {
			w.activity(a)
		}
		for _, r := range p.Receivers {
			w.receiver(r)
		}
		for _, f := range p.Workflows {
			w.signature(f.Signature)
			if f.Recv != nil {
				w.fields(f.Recv.Fields)
			}
		}
		for _, i := range p.Instances {
			w.ref(i.Type)
		}
		for _, e := range p.Errors {
			w.ref(e.Ref)
		}
	}
}

type walker struct {
	yield func(Import) bool
	more  bool
}

func (w *walker) pkg(pkg Import) {
	if w.more {
		w.more = w.yield(pkg)
	}
}

// ref visits the package of a reference. Optional references may have no name.
func (w *walker) ref(r Ref) {
	if r.Name != "" {
		w.pkg(r.Pkg)
	}
}

func (w *walker) activity(a Activity) {
	w.signature(a.Signature)
	for _, f := range a.Final {
		w.ref(f.Ref)
	}
}

func (w *walker) receiver(r Receiver) {
	w.ref(r.Type)
	for _, a := range r.Activities {
		w.activity(a)
	}
	for _, m := range r.Others {
		w.params(m.Inputs)
		w.params(m.Results)
		w.ref(m.Annotated)
	}
}

func (w *walker) signature(s Signature) {
	w.params(s.Params)
	w.params(s.Results)
}

func (w *walker) params(ps []Param) {
	for _, p := range ps {
		for _, t := range append(p.Elems, p.Type) {
			for _, pkg := range t.Packages {
				w.pkg(pkg)
			}
		}
	}
}

func (w *walker) fields(fs []Field) {
	for _, f := range fs {
		w.ref(f.Type)
	}
}
