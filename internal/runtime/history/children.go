// This file is child workflows: the events of a call to a workflow, and what a child knows of its parent.

package history

// ClosePolicy says what happens to a child that is open when its parent closes.
type ClosePolicy int32

// The close policies.
const (
	CloseCancel    ClosePolicy = 0 // its context is cancelled
	CloseTerminate ClosePolicy = 1 // it is terminated
	CloseAbandon   ClosePolicy = 2 // it goes on
)

// ChildScheduled is the command to start a run of another workflow, and to wait for its end.
type ChildScheduled struct {
	Op    Op
	Type  string // the name of the child's workflow
	Queue string // of the child
	ID    string // the child's workflow id
	RunID string // the child's run, which follows from the operation
	Input Payload
	Close ClosePolicy
	Named bool // the author chose the id, so that another run may have it
}

func (e *ChildScheduled) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.Type)
	w.string(3, &e.Queue)
	w.string(4, &e.ID)
	w.string(5, &e.RunID)
	w.sub(6, &e.Input)
	number(w, 7, &e.Close)
	w.bool(8, &e.Named)
}

// Details implements Body.
func (e *ChildScheduled) Details() Details {
	return Details{
		Kind: KindChildScheduled, Subject: "child", Verb: "scheduled", Command: true, Starts: true,
		Op: e.Op, Name: e.Type, Queue: e.Queue, Input: &e.Input, ID: e.ID,
	}
}
func (e *ChildScheduled) edited(ed *editor) Body {
	c := *e
	ed.op(&c.Op)
	ed.payload(&c.Input)
	return &c
}

// Request is the id of the start request of the child.
func (e *ChildScheduled) Request(parentRunID string) string {
	return "child/" + parentRunID + "/" + e.Op.ID().String()
}

// ChildCompleted holds how a child ended, or why it was not started. A child also sends it to its parent, as a message.
type ChildCompleted struct {
	Op      OpID
	Outcome Outcome
}

func (e *ChildCompleted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.sub(2, &e.Outcome)
}

// Details implements Body.
func (e *ChildCompleted) Details() Details {
	return Details{Kind: KindChildCompleted, Subject: "child", Verb: e.Outcome.verb(), Ends: true, Op: e.Op.op(), Outcome: &e.Outcome}
}
func (e *ChildCompleted) edited(ed *editor) Body {
	c := *e
	c.Outcome.payloads(ed)
	return &c
}

// ChildCancelRequested is the command to cancel the context of a child. The outcome follows later.
type ChildCancelRequested struct {
	Op OpID
}

func (e *ChildCancelRequested) fields(w *wire) { w.sub(1, &e.Op) }

// Details implements Body.
func (e *ChildCancelRequested) Details() Details {
	return Details{Kind: KindChildCancelRequested, Subject: "child", Verb: "cancel requested", Command: true, Op: e.Op.op()}
}
func (e *ChildCancelRequested) edited(*editor) Body { return e }

// OpenChildren returns the children among the events of a run that have no outcome there, in the order in which they were
// scheduled.
func OpenChildren(events []Event) (open []*ChildScheduled) {
	ended := map[OpID]bool{}
	for _, e := range events {
		if done, ok := e.Body.(*ChildCompleted); ok {
			ended[done.Op] = true
		}
	}
	for _, e := range events {
		if child, ok := e.Body.(*ChildScheduled); ok && !ended[child.Op.ID()] {
			open = append(open, child)
		}
	}
	return open
}
