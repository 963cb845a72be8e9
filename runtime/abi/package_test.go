package abi_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/runtime/abi"
)

func noop(context.Context, *abi.Run, abi.Values) ([]any, error) { return nil, nil }

// TestDefaultPolicy compares the policy that generated code leaves out with the one that directives have by default.
func TestDefaultPolicy(t *testing.T) {
	d := annotations.Defaults(annotations.Activity)
	want := abi.Policy{
		StartToClose: d.Timeout, ScheduleToStart: d.ScheduleToStart, ScheduleToClose: d.ScheduleToClose, Heartbeat: d.Heartbeat,
		Attempts: d.Attempts, BackoffMin: d.Backoff.Min, BackoffMax: d.Backoff.Max, BackoffFactor: d.Backoff.Factor,
	}
	if abi.DefaultPolicy != want {
		t.Errorf("the default is %+v, but directives have %+v", abi.DefaultPolicy, want)
	}
}

func TestDescriptionsHaveDefaults(t *testing.T) {
	p := abi.NewPackage(abi.Package{Path: "example.com/defaults"})
	if a := p.Activity(abi.Activity{}); a.Queue != p.Path || a.Policy != abi.DefaultPolicy {
		t.Errorf("an activity without options is %+v", a)
	}
	if s := p.Activity(abi.Activity{Step: true}); s.Queue != "" {
		t.Errorf("a step has queue %q", s.Queue)
	}
	a := p.Activity(abi.Activity{Queue: "payments", Policy: abi.Policy{StartToClose: time.Hour, Attempts: 3, BackoffFactor: 1}})
	want := abi.DefaultPolicy
	want.StartToClose, want.Attempts, want.BackoffFactor = time.Hour, 3, 1
	if a.Queue != "payments" || a.Policy != want {
		t.Errorf("an activity with options is %+v, want policy %+v", a, want)
	}
	if w := p.Workflow(abi.Workflow{}); w.Queue != p.Path {
		t.Errorf("a workflow without options has queue %q", w.Queue)
	}
	if w := p.Workflow(abi.Workflow{Queue: "front"}); w.Queue != "front" {
		t.Errorf("a workflow with a queue has queue %q", w.Queue)
	}
}

// TestPackagesThatImportEachOther builds a diamond: errors and sources of the package at its bottom count once.
func TestPackagesThatImportEachOther(t *testing.T) {
	sentinel := func(name string) abi.Errors { return abi.Errors{abi.Sentinel(name, errors.New(name))} }
	bottom := abi.NewPackage(abi.Package{Path: "m/bottom", Errors: sentinel("bottom"), Sources: []abi.Source{{File: "b.go"}}})
	bottom.AddSource(abi.Source{File: "b_unix.go"})
	abi.NewPackage(abi.Package{Path: "m/left", Errors: sentinel("left"), Imports: []string{"m/bottom"}})
	abi.NewPackage(abi.Package{Path: "m/right", Errors: sentinel("right"), Imports: []string{"m/bottom", "m/in/other/builds"}})
	top := abi.NewPackage(abi.Package{Path: "m/top", Generator: "9", Errors: sentinel("top"), Imports: []string{"m/left", "m/right"}})

	w := top.Workflow(abi.Workflow{Name: "flow"})
	handlers := []abi.Handler{{Activity: top.Activity(abi.Activity{Name: "act"})}}
	r := top.Registration(handlers, w.With(noop), w.WithConfig(nil, noop))
	names := func(defs abi.Errors) (names []string) {
		for _, e := range defs {
			names = append(names, e.Name)
		}
		return names
	}
	want := []string{"top", "left", "right", "bottom"}
	if got := names(r.Errors); !slices.Equal(got, want) {
		t.Errorf("errors of the registration are %q, want %q", got, want)
	}
	if got := names(w.Errors); !slices.Equal(got, want) {
		t.Errorf("errors of the workflow are %q, want %q", got, want)
	}
	if len(r.Sources) != 2 || r.Sources[0].File != "m/bottom/b.go" || r.Sources[1].File != "m/bottom/b_unix.go" {
		t.Errorf("sources are %+v", r.Sources)
	}
	if r.Package != "m/top" || r.Generator != "9" || len(r.Activities) != 1 {
		t.Errorf("the registration is %+v", r)
	}
	if len(r.Workflows) != 1 || r.Workflows[0].Run == nil || w.Run != nil {
		t.Errorf("workflows are %+v: want one, which runs, made from one that does not", r.Workflows)
	}
	if c := w.WithConfig(func() map[string]any { return map[string]any{"Fee": 3} }, noop); c.Run == nil || c.Config()["Fee"] != 3 {
		t.Errorf("the workflow with configuration is %+v", c)
	}
}

type (
	bank  struct{}
	stock interface{ Reserve() }
	shelf struct{ tag string }
)

func (shelf) Reserve() {}

func TestRegistryOfTypes(t *testing.T) {
	act := &abi.Activity{Name: "take"}
	abi.RegisterActivities(func(recv *bank, tag string) []abi.Handler {
		if recv == nil {
			return nil
		}
		return []abi.Handler{{Activity: act, Tag: tag}}
	})
	abi.RegisterStandIn(func(_ *abi.Run, tag string) stock { return shelf{tag} })
	if hs := abi.Activities(&bank{}, "abroad"); len(hs) != 1 || hs[0].Activity != act || hs[0].Tag != "abroad" {
		t.Errorf("got handlers %+v", hs)
	}
	if hs := abi.Activities[*bank](nil, ""); hs != nil {
		t.Errorf("a nil receiver has handlers %+v", hs)
	}
	if s := abi.StandIn[stock](nil, "second"); s != (shelf{"second"}) {
		t.Errorf("got stand-in %+v", s)
	}
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "*int has no generated code") {
			t.Errorf("got panic %q", text)
		}
	}()
	abi.Activities(new(int), "")
}
