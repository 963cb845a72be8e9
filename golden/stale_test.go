package golden_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/activities"
	"github.com/pawlhq/pawl/golden/accept/dispatch"
	"github.com/pawlhq/pawl/golden/accept/errortrees"
	"github.com/pawlhq/pawl/golden/accept/library"
	"github.com/pawlhq/pawl/golden/accept/promotion"
	"github.com/pawlhq/pawl/golden/accept/recursion"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestStale starts workers with other sources than the code was generated from.
func TestStale(t *testing.T) {
	for _, test := range []struct{ change, from, to, want string }{
		{"of a workflow", "countdown(3)", "countdown(4)", "recursion/flow.go: Walk changed since code was generated: run go generate and build again"},
		{"of a lowered helper", "depth+1", "depth+2", "walk changed"},
		{"of a pure helper", "n < 2", "n < 3", "fibonacci changed"},
		{"of a signature", "name string", "title string", "Visit changed"},
		{"of a directive", "//pawl:activity", "//pawl:activity attempts=3", "Visit changed"},
		{"of what is annotated", "// fibonacci", "//\n//pawl:step\n// fibonacci", "fibonacci changed"},
		{"of a name", "func below(", "func beneath(", "below was removed or renamed since code was generated"},
		{"of a type", "Children []Node", "Children []*Node", "type Node changed"},
		{"of an activity's body", `"<" + name`, `"[" + name`, ""},
		{"of a comment", "visits every node", "visits each node", ""},
	} {
		t.Run(test.change, func(t *testing.T) {
			err := stale(t, recursion.PawlRegistration(), "recursion/flow.go", test.from, test.to)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("the worker does not start: %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want an error that says %q", err, test.want)
			}
		})
	}
}

// TestStaleUnnamed changes functions that no workflow names, and that its own decide by.
func TestStaleUnnamed(t *testing.T) {
	dispatching := dispatch.PawlRegistration(&dispatch.Payments{})
	for _, test := range []struct {
		change         string
		module         pawl.Registration
		file           string
		from, to, want string
	}{
		{"of a method without a twin", dispatching, "dispatch/flow.go", "return in + string(q), nil", "return string(q), nil", "quick.run changed"},
		{"of a method beside an activity", dispatching, "dispatch/flow.go", `"cash "`, `"coin "`, "cash.Pay changed"},
		{"of a method in another package", promotion.PawlRegistration(promotion.Arm{}), "depot/depot.go", `"plain "`, `"bare "`, "Plain.Save changed"},
		{"of a method that the standard library calls", errortrees.PawlRegistration(), "errortrees/flow.go", "e.Field}", `"typed"}`, "FieldError.Is changed"},
		{"of a variable", library.PawlRegistration(), "library/flow.go", `"USD": 1.1`, `"USD": 1.2`, "var rates changed"},
		{"of a type that a type mentions", promotion.PawlRegistration(promotion.Arm{}), "promotion/flow.go", "inner[T any] struct{ saver[T] }", "inner[T any] struct{ n int; saver[T] }", "type inner changed"},
		{"of a type of an activity alone", activities.PawlRegistration(&activities.Printer{}, activities.Cyclist{}), "activities/flow.go", "Text string", "Text []byte", "type Letter changed"},
		{"of a function in a variable", dispatching, "dispatch/flow.go", `"[" + text`, `"(" + text`, "bracket changed"},
	} {
		t.Run(test.change, func(t *testing.T) {
			if err := stale(t, test.module, test.file, test.from, test.to); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that says %q", err, test.want)
			}
		})
	}
}

// TestStaleElsewhere changes what workflows do not see.
func TestStaleElsewhere(t *testing.T) {
	if err := stale(t, activities.PawlRegistration(&activities.Printer{}, activities.Cyclist{}), "activities/flow.go", "Font string", "Font []byte"); err != nil {
		t.Errorf("a field of a receiver of activities changed, and the worker does not start: %v", err)
	}
}

// stale starts a worker with a source that is not the one that code was generated from.
func stale(t *testing.T, m pawl.Registration, file, from, to string) error {
	t.Helper()
	m.Sources = slices.Clone(m.Sources)
	i := slices.IndexFunc(m.Sources, func(s abi.Source) bool { return strings.HasSuffix(s.File, file) })
	was := m.Sources[i].Text
	m.Sources[i].Text = strings.Replace(was, from, to, 1)
	if m.Sources[i].Text == was {
		t.Fatalf("no %q in %s", from, file)
	}
	return work(t, m)
}

// work starts a worker that is told to stop at once.
func work(t *testing.T, m pawl.Registration) error {
	t.Helper()
	c, _ := pawl.NewClient(memstore.New().Open(), tuning.Tuning{})
	defer c.Close()
	return c.Work(stopped(t), m)
}

// stopped is a context that has ended.
func stopped(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
