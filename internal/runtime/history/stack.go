// This file holds the request for the goroutines of a run, and its answer.

package history

import "fmt"

// StackRequest asks workers where the goroutines of a run wait.
type StackRequest struct {
	ID    string
	RunID string
}

func (m *StackRequest) fields(w *wire) {
	w.string(1, &m.ID)
	w.string(2, &m.RunID)
}

// Marshal encodes m.
func (m *StackRequest) Marshal() []byte { return marshal(m) }

// UnmarshalStackRequest decodes a request for a stack.
func UnmarshalStackRequest(data []byte) (*StackRequest, error) {
	m := &StackRequest{}
	return m, named("request for a stack", unmarshal(data, m))
}

// Stack answers a StackRequest.
type Stack struct {
	Coroutines []Coroutine // in order of creation
	Worker     string
}

func (m *Stack) fields(w *wire) {
	list(w, 1, &m.Coroutines)
	w.string(2, &m.Worker)
}

// Marshal encodes m.
func (m *Stack) Marshal() []byte { return marshal(m) }

// UnmarshalStack decodes the answer to a request for a stack.
func UnmarshalStack(data []byte) (*Stack, error) {
	m := &Stack{}
	return m, named("stack", unmarshal(data, m))
}

// Coroutine describes a goroutine of a workflow, for people.
type Coroutine struct {
	Path    string   // "0" is the workflow's own, "0.2" the third one that it started; empty if unknown
	Waiting string   // what it waits for: "chan receive", "activity m/shop.Charge"; empty if it runs
	Started string   // file:line of what started it; empty for the workflow's own
	Stack   []string // where it waits, innermost first: "shop/flow.go:12 in shop.Checkout"
}

func (c *Coroutine) fields(w *wire) {
	w.string(1, &c.Path)
	w.string(2, &c.Waiting)
	w.string(3, &c.Started)
	w.texts(4, &c.Stack)
}

func (c Coroutine) String() string {
	text := fmt.Sprintf("goroutine %s waits for %s", c.Path, c.Waiting)
	if len(c.Stack) > 0 {
		text += " at " + c.Stack[0]
	}
	if c.Started != "" {
		text += ", started at " + c.Started
	}
	return text
}
