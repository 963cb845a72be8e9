package handlers

import (
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/runtime/abi"
)

func TestHandlersByName(t *testing.T) {
	wf := &abi.Workflow{Name: "shop.Checkout", Queue: "q1"}
	act := &abi.Activity{Name: "shop.Charge", Queue: "q2"}
	step := &abi.Activity{Name: "shop.Log", Queue: "q3", Step: true}
	h, err := New([]abi.Registration{
		{Generator: "v1", Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{{Activity: act}, {Activity: act, Tag: "eu"}}},
		{Activities: []abi.Handler{{Activity: step}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, generator, ok := h.Workflow("shop.Checkout"); got != wf || generator != "v1" || !ok {
		t.Errorf("workflow: %v, %q, %v", got, generator, ok)
	}
	if _, _, ok := h.Workflow("shop.Charge"); ok {
		t.Error("an activity was found as a workflow")
	}
	if got := h.Activity("shop.Charge", "eu"); got == nil || got.Tag != "eu" {
		t.Errorf("activity with a tag: %+v", got)
	}
	if h.Activity("shop.Charge", "us") != nil {
		t.Error("an activity was found under a tag that it does not have")
	}
	if got := h.WorkflowQueues(); !slices.Equal(got, []string{"q1"}) {
		t.Errorf("workflow queues %q", got)
	}
	if got := h.ActivityQueues(); !slices.Equal(got, []string{"q2"}) {
		t.Errorf("activity queues %q: steps have none", got)
	}
}

func TestNamesMustBeUnique(t *testing.T) {
	for name, second := range map[string]abi.Registration{
		"workflow": {Workflows: []*abi.Workflow{{Name: "a", Pos: "two.go:2"}}},
		"activity": {Activities: []abi.Handler{{Activity: &abi.Activity{Name: "b", Pos: "two.go:2"}}}},
	} {
		first := abi.Registration{
			Workflows:  []*abi.Workflow{{Name: "a", Pos: "one.go:1"}},
			Activities: []abi.Handler{{Activity: &abi.Activity{Name: "b", Pos: "one.go:1"}}},
		}
		if _, err := New([]abi.Registration{first, second}); err == nil || !strings.Contains(err.Error(), "at one.go:1 and two.go:2") {
			t.Errorf("two definitions of one %s: %v", name, err)
		}
		if _, err := New([]abi.Registration{first, first}); err != nil {
			t.Errorf("one %s registered twice: %v", name, err)
		}
	}
}
