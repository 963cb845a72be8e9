// This file has what generated code declares about a package, and the registry in which generated code of other packages
// finds it. It is needed because generated declarations are unexported.

package abi

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"
)

// Package is what all activities and workflows of a package share. There is one for each generated file, made by
// [NewPackage].
type Package struct {
	Path      string
	Generator string // version of the generator
	Errors    Errors // of the package itself, and of packages without generated code that its annotated functions mention
	Sources   []Source
	Imports   []string // paths of imported packages that have generated code

	imported []*Package
	declared []string // names of all activities, steps and workflows
}

// DefaultPolicy is the policy of activities and steps whose directives set no limits.
var DefaultPolicy = Policy{StartToClose: time.Minute, BackoffMin: time.Second, BackoffMax: time.Minute, BackoffFactor: 2}

// The registry. Generated code writes to it when its package is initialized, after the packages that it imports.
var (
	packages   sync.Map // path → *Package
	activities sync.Map // reflect.Type of a receiver T → func(recv T, tag string) []Handler
	standIns   sync.Map // reflect.Type of an interface T → func(run *Run, tag string) T
)

// NewPackage registers a package. File names of sources are relative to it. An import that is not linked into the program
// is left out: only some builds import it.
func NewPackage(p Package) *Package {
	for i := range p.Sources {
		p.Sources[i] = p.source(p.Sources[i])
	}
	for _, path := range p.Imports {
		if imported, ok := packages.Load(path); ok {
			p.imported = append(p.imported, imported.(*Package))
		}
	}
	packages.Store(p.Path, &p)
	return &p
}

// AddSource adds a file that only some builds compile.
func (p *Package) AddSource(s Source) { p.Sources = append(p.Sources, p.source(s)) }

func (p *Package) source(s Source) Source {
	s.File = p.Path + "/" + s.File
	return s
}

// Activity describes an activity or step of the package. Its queue is the package's path unless a names one. Limits that
// the policy does not set are those of [DefaultPolicy].
func (p *Package) Activity(a Activity) *Activity {
	if a.Queue == "" && !a.Step {
		a.Queue = p.Path
	}
	setDefault(&a.Policy.StartToClose, DefaultPolicy.StartToClose)
	setDefault(&a.Policy.BackoffMin, DefaultPolicy.BackoffMin)
	setDefault(&a.Policy.BackoffMax, DefaultPolicy.BackoffMax)
	setDefault(&a.Policy.BackoffFactor, DefaultPolicy.BackoffFactor)
	p.declared = append(p.declared, a.Name)
	return &a
}

// Workflow describes a workflow of the package. Its queue is the package's path unless w names one.
func (p *Package) Workflow(w Workflow) *Workflow {
	setDefault(&w.Queue, p.Path)
	for _, q := range p.linked() {
		w.Errors = append(w.Errors, q.Errors...)
	}
	p.declared = append(p.declared, w.Name)
	return &w
}

func setDefault[T comparable](field *T, value T) {
	if *field == *new(T) {
		*field = value
	}
}

// Registration returns what a worker needs to run handlers and workflows of the package. Nil workflows are left out.
func (p *Package) Registration(handlers []Handler, workflows ...*Workflow) Registration {
	r := Registration{
		Package: p.Path, Generator: p.Generator, Activities: handlers,
		Workflows: slices.DeleteFunc(workflows, func(w *Workflow) bool { return w == nil }),
	}
	for _, q := range p.linked() {
		r.Errors, r.Sources = append(r.Errors, q.Errors...), append(r.Sources, q.Sources...)
	}
	r.Omitted = p.omitted(r)
	return r
}

// omitted returns what the package declares and r does not have.
func (p *Package) omitted(r Registration) (names []string) {
	has := map[string]bool{}
	for _, h := range r.Activities {
		has[h.Activity.Name] = true
	}
	for _, w := range r.Workflows {
		has[w.Name] = true
	}
	for _, name := range p.declared {
		if !has[name] {
			names = append(names, name)
		}
	}
	return names
}

// linked returns the package and all packages that it imports, directly or indirectly, each once.
func (p *Package) linked() []*Package {
	all := []*Package{p}
	for i := 0; i < len(all); i++ {
		for _, q := range all[i].imported {
			if !slices.Contains(all, q) {
				all = append(all, q)
			}
		}
	}
	return all
}

// With returns the workflow with the function that runs it. The function is no part of the description because it calls
// lowered code, which refers to descriptions: the two would initialize each other.
func (w *Workflow) With(run func(ctx context.Context, run *Run, in Values) ([]any, error)) *Workflow {
	c := *w
	c.Run = run
	return &c
}

// WithConfig is With for a workflow whose receiver has configuration. It returns nil if config is nil.
func (w *Workflow) WithConfig(config func() map[string]any, run func(ctx context.Context, run *Run, in Values) ([]any, error)) *Workflow {
	if config == nil {
		return nil
	}
	c := w.With(run)
	c.Config = config
	return c
}

// RegisterActivities makes the activities of receivers of type T available to [Activities].
func RegisterActivities[T any](handlers func(recv T, tag string) []Handler) {
	activities.Store(reflect.TypeFor[T](), handlers)
}

// Activities returns the handlers of a receiver whose type is declared in another package. It returns none for nil.
func Activities[T any](recv T, tag string) []Handler {
	return registered[func(T, string) []Handler](&activities, reflect.TypeFor[T]())(recv, tag)
}

// RegisterStandIn makes the implementation of an annotated interface T available to [StandIn].
func RegisterStandIn[T any](standIn func(run *Run, tag string) T) {
	standIns.Store(reflect.TypeFor[T](), standIn)
}

// StandIn returns the value that workflow code holds in place of an annotated interface T of another package. Its methods
// schedule activities.
func StandIn[T any](run *Run, tag string) T {
	return registered[func(*Run, string) T](&standIns, reflect.TypeFor[T]())(run, tag)
}

func registered[F any](registry *sync.Map, t reflect.Type) F {
	f, ok := registry.Load(t)
	if !ok {
		panic(fmt.Sprintf("the package that declares %v has no generated code for it: run go generate in that package", t))
	}
	return f.(F)
}
