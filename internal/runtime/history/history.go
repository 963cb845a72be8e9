// Package history is the durable record of runs: what is recorded, how it is encoded, and what it means.
//
// A history is a list of events. Inbound events come from outside the workflow's code: it was started, an activity
// completed, a timer fired. Commands come from that code: schedule an activity, start a timer, complete. A Record is a few
// events that are stored together: each inbound event is followed by the commands that it led to. Histories outlive the
// program that wrote them, so the schema, history.proto, only grows: a field keeps its number and its meaning.
// docs/history.md explains the format.
//
// The encoding is protobuf, written by hand in wire.go and checked against Google's library by the tests. A program with a
// worker links nothing but nats.go and the standard library, and even the library's smallest package, protowire, brings an
// init function that reads the program's own executable.
package history

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Versions that every run records when it starts. A rule that affects replays only changes together with one of them, and
// the old rule stays for runs that recorded the old version.
const (
	// Format is the version of the schema's meaning.
	Format = 1
	// SchedulerVersion is the version of the scheduler's rules: order of coroutines, of cancellation, random streams,
	// names of goroutines, errors of calls that are not started. docs/scheduling.md says what each version changed.
	SchedulerVersion = 4
)

// Record is one message of a run's journal.
type Record struct {
	Format     uint32
	ID         string   // workflow id
	RunID      string   // the run
	Worker     string   // that wrote it
	FirstEvent uint64   // number of Events[0] in the run, counted from 1
	Events     []Event  // never empty; on a record that closes a run, all events of the run; if there is an Archive, only the last event
	Consumed   []uint64 // sequences of the inbox messages that this record consumed
	// ConsumedBefore, on the first and the last record of a run, are sequences of inbox messages that earlier records
	// consumed, including those of earlier runs of the id, and that may be delivered again.
	ConsumedBefore []uint64

	Prev    uint64   // sequence of the record before it, 0 for the first of a workflow id
	Archive *Payload // on a record whose events do not fit into a message: an encoded Record with all of its events
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

// UnmarshalRecord decodes a record. It fails if data is not a record, or has a newer format.
func UnmarshalRecord(data []byte) (*Record, error) {
	r := &Record{}
	if err := unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("corrupt history record: %w", err)
	}
	if r.Format == 0 || len(r.Events) == 0 {
		return nil, fmt.Errorf("corrupt history record: no format or no events in %d bytes", len(data))
	}
	if r.Format > Format {
		return nil, fmt.Errorf("history record has format %d; this worker supports formats up to %d: run a newer worker", r.Format, Format)
	}
	return r, nil
}

// Event is one thing that happened in a run.
type Event struct {
	Time time.Time // the run's logical time, UTC; never goes back within a run
	Body Body
}

// bodies makes an empty body of each kind.
var bodies = byKind(
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
	body[SignalReceived],
	body[UpdateAccepted],
	body[UpdateCompleted],
	body[ChildScheduled],
	body[ChildCompleted],
	body[ChildCancelRequested],
	body[RunCompleted],
	body[RunFailed],
	body[RunCancelled],
	body[RunTerminated],
	body[RunTimedOut],
	body[RunContinued],
	body[RequestScheduled],
	body[RequestCompleted],
)

func body[T any, B interface {
	*T
	Body
}]() Body {
	return B(new(T))
}

func byKind(bodies ...func() Body) map[Kind]func() Body {
	m := map[Kind]func() Body{}
	for _, body := range bodies {
		m[body().Details().Kind] = body
	}
	return m
}

func (e *Event) fields(w *wire) {
	w.time(1, &e.Time)
	if !w.decoding {
		w.embed(int(e.Body.Details().Kind), e.Body)
		return
	}
	for _, f := range slices.Backward(w.in) {
		if body, ok := bodies[Kind(f.num)]; ok && w.expect(f, wireBytes) {
			e.Body = body()
			w.open(f, e.Body)
			return
		}
	}
	w.fail(errors.New("event of an unknown kind: run a newer worker"))
}

// MarshalBody encodes the body of an event, for comparison.
func MarshalBody(b Body) []byte { return marshal(b) }
