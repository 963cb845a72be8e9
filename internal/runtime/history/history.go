// Package history is the durable record of runs: what is written, in which form, and what it means.
//
// A history is a list of events. Inbound events come from outside the workflow's code (it was started, an activity
// completed, a timer fired) and commands come from that code (schedule an activity, start a timer, complete). A
// Record is a handful of events that were stored together: each inbound event is followed by the commands that it
// led to. Histories outlive the program that wrote them, so the schema, history.proto, only grows: a field keeps
// its number and its meaning for ever. docs/history.md explains the format to people.
package history

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Versions that every run records when it starts. A rule that could make a replay differ changes only together with
// one of them, and the old rule stays for the runs that recorded the old version.
const (
	// Format is the version of the schema's meaning.
	Format = 1
	// SchedulerVersion is the version of the scheduler's rules: order of coroutines, of cancellation, random streams.
	SchedulerVersion = 1
)

// Record is one message of a run's journal.
type Record struct {
	Format     uint32
	ID         string   // workflow id
	RunID      string   // the run
	Worker     string   // who wrote it
	FirstEvent uint64   // number of Events[0] in the run, counted from 1
	Events     []Event  // never empty; on a record that closes a run, all events of the run
	Consumed   []uint64 // inbox sequences that this record took in
	// ConsumedBefore, on the first and the last record of a run, are inbox sequences that earlier records took in, those of
	// earlier runs of the id included, and that may be delivered once more.
	ConsumedBefore []uint64

	Prev    uint64   // sequence of the record before it, 0 for the first of a workflow id
	Archive *Payload // on a closing record whose events do not fit: all events of the run, as an encoded Record
}

func (r *Record) fields(w *wire) {
	number(w, 1, &r.Format)
	w.string(2, &r.ID)
	w.string(3, &r.RunID)
	w.string(4, &r.Worker)
	w.uint(5, &r.FirstEvent)
	list(w, 6, &r.Events)
	w.uints(7, &r.Consumed)
	w.uint(8, &r.Prev)
	optional(w, 9, &r.Archive)
	w.uints(10, &r.ConsumedBefore)
}

// Marshal encodes r.
func (r *Record) Marshal() []byte { return marshal(r) }

// UnmarshalRecord decodes a record. It fails on bytes that are no record and on one of a format it does not know.
func UnmarshalRecord(data []byte) (*Record, error) {
	r := &Record{}
	if err := unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("corrupt history record: %w", err)
	}
	if r.Format == 0 || len(r.Events) == 0 {
		return nil, fmt.Errorf("corrupt history record: no format or no events in %d bytes", len(data))
	}
	if r.Format > Format {
		return nil, fmt.Errorf("history record has format %d; this worker knows formats up to %d: run a newer worker", r.Format, Format)
	}
	return r, nil
}

// Event is one thing that happened in a run.
type Event struct {
	Time time.Time // the run's logical time, UTC; never goes back within a run
	Body Body
}

// Body is what happened: one of the types of this package whose names end in a past participle.
type Body interface {
	message
	field() int // its number in the oneof of message Event
}

// bodies makes an empty body of each kind, by its field number.
var bodies = byNumber(
	body[RunStarted],
	body[ActivityScheduled],
	body[ActivityCompleted],
	body[ActivityCancelRequested],
	body[StepScheduled],
	body[StepCompleted],
	body[TimerStarted],
	body[TimerFired],
	body[CancelRequested],
	body[StartRejected],
	body[ZoneLoaded],
	body[RunCompleted],
	body[RunFailed],
	body[RunCancelled],
	body[RunTerminated],
	body[RunTimedOut],
)

func body[T any, B interface {
	*T
	Body
}]() Body {
	return B(new(T))
}

func byNumber(kinds ...func() Body) map[int]func() Body {
	m := map[int]func() Body{}
	for _, kind := range kinds {
		m[kind().field()] = kind
	}
	return m
}

func (e *Event) fields(w *wire) {
	w.time(1, &e.Time)
	if !w.decoding {
		w.embed(e.Body.field(), e.Body)
		return
	}
	for _, f := range slices.Backward(w.in) {
		if kind, ok := bodies[f.num]; ok && w.expect(f, wireBytes) {
			e.Body = kind()
			w.open(f, e.Body)
			return
		}
	}
	w.fail(errors.New("event of a kind this worker does not know: run a newer worker"))
}

// Op is the identity of an operation that a workflow's code asked for. It does not depend on other coroutines, nor
// on where in the source the call stands, so that two versions of a workflow can be compared.
type Op struct {
	Coroutine string // path of the coroutine: "0" is the workflow's own, "0.2" the third one it started
	Index     uint64 // place among the operations of that coroutine, from 1
	Pos       string // file:line of the author's call, for people; no part of the identity
}

func (o *Op) fields(w *wire) {
	w.string(1, &o.Coroutine)
	w.uint(2, &o.Index)
	w.string(3, &o.Pos)
}

// ID is the identity without the position.
func (o Op) ID() OpID { return OpID{o.Coroutine, o.Index} }

// OpID names an operation within its run.
type OpID struct {
	Coroutine string
	Index     uint64
}

func (o *OpID) fields(w *wire) {
	w.string(1, &o.Coroutine)
	w.uint(2, &o.Index)
}

// String is the form used in idempotency keys, task subjects and messages: "0/3".
func (o OpID) String() string { return fmt.Sprintf("%s/%d", o.Coroutine, o.Index) }

// Payload is a value of the author's, encoded.
type Payload struct {
	Encoding string // how Data was made, first step first: "json", "json+gzip"
	Data     []byte
	Object   string // if set, Data is stored under this name in the object store
	Size     int64  // length of Data where it is stored apart
}

// String is for people: JSON as it is, anything else by its length.
func (p Payload) String() string {
	switch {
	case p.Object != "":
		return fmt.Sprintf("%s of %d bytes in object %s", p.Encoding, p.Size, p.Object)
	case p.Encoding == "json":
		return string(p.Data)
	}
	return fmt.Sprintf("%s of %d bytes", p.Encoding, len(p.Data))
}

func (p *Payload) fields(w *wire) {
	w.string(1, &p.Encoding)
	w.bytes(2, &p.Data)
	w.string(3, &p.Object)
	number(w, 4, &p.Size)
}

// Policy is an activity's: see abi.Policy. Zero durations mean none, zero Attempts for ever.
type Policy struct {
	StartToClose    time.Duration
	ScheduleToStart time.Duration
	ScheduleToClose time.Duration
	Heartbeat       time.Duration
	Attempts        int
	BackoffMin      time.Duration
	BackoffMax      time.Duration
	BackoffFactor   float64
}

func (p *Policy) fields(w *wire) {
	number(w, 1, &p.StartToClose)
	number(w, 2, &p.ScheduleToStart)
	number(w, 3, &p.ScheduleToClose)
	number(w, 4, &p.Heartbeat)
	number(w, 5, &p.Attempts)
	number(w, 6, &p.BackoffMin)
	number(w, 7, &p.BackoffMax)
	w.float(8, &p.BackoffFactor)
}

// Outcome is how an activity or a step ended. Result may be set together with Failure: a Go function may return
// values beside its error.
type Outcome struct {
	Result   Payload
	Failure  *Failure
	Attempts int    // how many attempts were started
	Worker   string // who ran the last one
}

func (o *Outcome) fields(w *wire) {
	w.sub(1, &o.Result)
	optional(w, 2, &o.Failure)
	number(w, 3, &o.Attempts)
	w.string(4, &o.Worker)
}

// FailureKind says how a failure becomes an error value again.
type FailureKind int32

const (
	FailureOpaque   FailureKind = 0 // a type nobody registered: only its message is kept
	FailureSentinel FailureKind = 1 // the error variable registered as Type
	FailureTyped    FailureKind = 2 // a value of the type registered as Type, made from Fields and Causes
	FailureWrapped  FailureKind = 3 // a message around Causes[0]
	FailureJoined   FailureKind = 4 // errors.Join of Causes, or another error with several
	FailureTimeout  FailureKind = 5 // an activity's timeout; Type names which
	FailurePanic    FailureKind = 6 // an activity panicked; Stack says where
)

// Failure is an error, encoded with its tree.
type Failure struct {
	Kind    FailureKind
	Message string
	Type    string
	Fields  []byte // JSON object of a typed error's fields
	Causes  []Failure
	Final   bool // not to be retried
	Stack   string
	Slots   []string // for a typed error: the field that Causes[i] fills; empty where a cause only unwraps
}

func (f *Failure) fields(w *wire) {
	number(w, 1, &f.Kind)
	w.string(2, &f.Message)
	w.string(3, &f.Type)
	w.bytes(4, &f.Fields)
	list(w, 5, &f.Causes)
	w.bool(6, &f.Final)
	w.string(7, &f.Stack)
	w.texts(8, &f.Slots)
}

// MarshalBody encodes the body of an event alone, for comparison.
func MarshalBody(b Body) []byte { return marshal(b) }
