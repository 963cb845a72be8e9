// Walking a description for what it refers to.

package ir

import "iter"

// Refs yields everything that the description names, repetitions included.
func (p *Package) Refs() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
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
	yield func(Ref) bool
	more  bool
}

func (w *walker) ref(r Ref) {
	if w.more && r.Name != "" {
		w.more = w.yield(r)
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
	w.params(s.Inputs)
	w.params(s.Results)
}

func (w *walker) params(ps []Param) {
	for _, p := range ps {
		for _, part := range p.Type {
			w.ref(part.Ref)
		}
	}
}

func (w *walker) fields(fs []Field) {
	for _, f := range fs {
		w.ref(f.Type)
	}
}
