package golden_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/recursion"
	"github.com/pawlhq/pawl/runtime/store/memstore"
)

// TestStale starts workers with sources that are not those that code was generated from.
func TestStale(t *testing.T) {
	for _, test := range []struct{ change, from, to, want string }{
		{"of a workflow", "countdown(3)", "countdown(4)", "recursion/flow.go: Walk changed since code was generated from it: run go generate and build again"},
		{"of a lowered helper", "depth+1", "depth+2", "walk changed"},
		{"of a pure helper", "n < 2", "n < 3", "fibonacci changed"},
		{"of a signature", "name string", "title string", "Visit changed"},
		{"of a directive", "//pawl:activity", "//pawl:activity attempts=3", "Visit changed"},
		{"of what is annotated", "// fibonacci", "//\n//pawl:step\n// fibonacci", "fibonacci changed"},
		{"of a name", "func below(", "func beneath(", "below is gone since code was generated"},
		{"of an activity's body", `"<" + name`, `"[" + name`, ""},
		{"of a comment", "visits every node", "visits each node", ""},
	} {
		t.Run(test.change, func(t *testing.T) {
			m := recursion.PawlModule()
			m.Sources = slices.Clone(m.Sources)
			was := m.Sources[0].Text
			m.Sources[0].Text = strings.Replace(was, test.from, test.to, 1)
			if m.Sources[0].Text == was {
				t.Fatalf("no %q in the source", test.from)
			}
			switch err := work(t, m); {
			case test.want == "" && err != nil:
				t.Errorf("the worker does not start: %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want an error that says %q", err, test.want)
			}
		})
	}
}

// work starts a worker that is told to stop at once.
func work(t *testing.T, m pawl.Module) error {
	t.Helper()
	c := pawl.NewClient(memstore.New().Open())
	defer c.Close()
	return c.Work(stopped(t), m)
}

// stopped is a context that has ended.
func stopped(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
