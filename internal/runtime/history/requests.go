// This file is requests: what workflow code asks of other runs, as a client does.

package history

// RequestScheduled is the command to start, signal, update, cancel or terminate another run, or to wait for its end. Exactly one of the
// fields after RunID is set.
type RequestScheduled struct {
	Op        Op
	ID        string // workflow id of the other run
	RunID     string // of the other run; empty: the newest one
	Start     *StartRequest
	Signal    *SignalRequest // or an update
	Cancel    *CancelRequest
	Terminate *TerminateRequest
	Wait      bool
}

func (e *RequestScheduled) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.ID)
	w.string(3, &e.RunID)
	optional(w, 4, &e.Start)
	optional(w, 5, &e.Signal)
	optional(w, 6, &e.Cancel)
	optional(w, 7, &e.Terminate)
	w.bool(8, &e.Wait)
}

// Details implements Body.
func (e *RequestScheduled) Details() Details {
	d := Details{Kind: KindRequestScheduled, Subject: "request", Verb: "scheduled", Command: true, Starts: true, Op: e.Op, ID: e.ID}
	switch {
	case e.Start != nil:
		d.Name, d.Queue, d.Input = "start "+e.Start.Type, e.Start.Queue, &e.Start.Input
	case e.Signal != nil && e.Signal.Update:
		d.Name, d.Input = "update "+e.Signal.Name, &e.Signal.Value
	case e.Signal != nil:
		d.Name, d.Input = "signal "+e.Signal.Name, &e.Signal.Value
	case e.Cancel != nil:
		d.Name, d.Reason, d.SealedReason = "cancel", e.Cancel.Reason, e.Cancel.Sealed
	case e.Terminate != nil:
		d.Name, d.Reason, d.SealedReason = "terminate", e.Terminate.Reason, e.Terminate.Sealed
	default:
		d.Name = "wait"
	}
	return d
}
func (e *RequestScheduled) edited(ed *editor) Body {
	c := *e
	ed.op(&c.Op)
	if c.Start != nil {
		start := *c.Start
		ed.payload(&start.Input)
		start.Signals = editSignals(start.Signals, ed)
		c.Start = &start
	}
	if c.Signal != nil {
		signal := *c.Signal
		signal.payloads(ed)
		c.Signal = &signal
	}
	if c.Cancel != nil {
		cancel := *c.Cancel
		cancel.payloads(ed)
		c.Cancel = &cancel
	}
	if c.Terminate != nil {
		terminate := *c.Terminate
		terminate.payloads(ed)
		c.Terminate = &terminate
	}
	return &c
}

// RequestCompleted holds what came of a request. It is also the message with it.
type RequestCompleted struct {
	Op      OpID
	RunID   string  // of the run that was started
	Outcome Outcome // with the answer to an update, or the results of the run that was waited for
}

func (e *RequestCompleted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.RunID)
	w.sub(3, &e.Outcome)
}

// Details implements Body.
func (e *RequestCompleted) Details() Details {
	return Details{Kind: KindRequestCompleted, Subject: "request", Verb: e.Outcome.verb(), Ends: true, Op: e.Op.op(), Outcome: &e.Outcome}
}
func (e *RequestCompleted) edited(ed *editor) Body {
	c := *e
	c.Outcome.payloads(ed)
	return &c
}
