// Package journal reads and writes the records of runs: it is between the store, which stores bytes, and code that works
// with events. It seals and opens the payloads of events, and makes records fit into messages.
package journal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/codec"
)

// Run is the history of one run, as read.
type Run struct {
	ID      string
	RunID   string
	First   store.Seq // its first record; of a closed run, its only one
	Last    store.Seq
	Records []*history.Record // payloads sealed, as stored
}

// CorruptError says that a record cannot be read. Its run is parked. Other runs are not affected.
type CorruptError struct {
	ID  string
	Seq store.Seq
	Err error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("cannot read the history of workflow %q: record %d: %v", e.ID, e.Seq, e.Err)
}
func (e *CorruptError) Unwrap() error { return e.Err }

// Read returns the history of a run. An empty runID stands for the newest run. It fails with store.ErrNotFound, a
// *CorruptError, or an error of the store.
func Read(ctx context.Context, st store.Store, chain *payloads.Chain, id, runID string) (*Run, error) {
	stored, err := load(ctx, st, id, runID)
	if err != nil {
		return nil, err
	}
	run := &Run{ID: id, RunID: stored[0].RunID, First: stored[0].Seq, Last: stored[len(stored)-1].Seq}
	for _, s := range stored {
		rec, err := decode(ctx, chain, s.Data)
		if err != nil {
			return run, corrupt(id, s.Seq, err)
		}
		run.Records = append(run.Records, rec)
	}
	return run, nil
}

func load(ctx context.Context, st store.Store, id, runID string) ([]store.Stored, error) {
	if runID == "" {
		return st.Load(ctx, id)
	}
	return st.LoadRun(ctx, id, runID)
}

// corrupt wraps err in a CorruptError, unless it is an error of the store that may not happen again.
func corrupt(id string, seq store.Seq, err error) error {
	if store.IsDown(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &CorruptError{id, seq, err}
}

// decode reads a record, from its archive if it has one.
func decode(ctx context.Context, chain *payloads.Chain, data []byte) (*history.Record, error) {
	rec, err := history.UnmarshalRecord(data)
	if err != nil || rec.Archive == nil {
		return rec, err
	}
	archive := *rec.Archive
	if err := archiveChain(chain).Open(ctx, &archive); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return history.UnmarshalRecord(archive.Data)
}

// archiveChain compresses an archive and keeps it in the object store; its payloads are sealed already.
func archiveChain(chain *payloads.Chain) *payloads.Chain {
	return &payloads.Chain{Transforms: []codec.Transform{codec.Gzip{Max: 4 << 30}}, Objects: chain.Objects, Threshold: chain.Threshold}
}

// Events returns all events of the run, in order.
func (r *Run) Events() []history.Event {
	var all []history.Event
	for _, rec := range r.Records {
		all = append(all, rec.Events...)
	}
	return all
}

// Closed is the event that closed the run; nil if it is open.
func (r *Run) Closed() history.Body {
	if len(r.Records) == 0 {
		return nil
	}
	events := r.Records[len(r.Records)-1].Events
	last := events[len(events)-1].Body
	if !history.StatusOf(last).Closed() {
		return nil
	}
	return last
}

// Started is the first event; nil if the history could not be read.
func (r *Run) Started() *history.RunStarted {
	if len(r.Records) == 0 {
		return nil
	}
	e, _ := r.Records[0].Events[0].Body.(*history.RunStarted)
	return e
}

// Open returns a copy of events with opened payloads.
func Open(ctx context.Context, chain *payloads.Chain, events []history.Event) ([]history.Event, error) {
	return mapPayloads(events, func(p *history.Payload) error { return chain.Open(ctx, p) })
}

// Seal returns a copy of events with sealed payloads. prefix begins the names of their objects: see ObjectPrefix.
func Seal(ctx context.Context, chain *payloads.Chain, prefix string, events []history.Event) ([]history.Event, error) {
	return mapPayloads(events, func(p *history.Payload) error { return chain.Seal(ctx, prefix, p) })
}

func mapPayloads(events []history.Event, visit func(*history.Payload) error) ([]history.Event, error) {
	out := make([]history.Event, len(events))
	for i, e := range events {
		body, err := history.MapPayloads(e.Body, visit)
		if err != nil {
			return nil, fmt.Errorf("event %d (%T): %w", i+1, e.Body, err)
		}
		out[i] = history.Event{Time: e.Time, Body: body}
	}
	return out, nil
}

// Pack encodes a record in at most limit bytes. If the payloads do not fit, the largest ones are put into the object store,
// and rec.Events are replaced accordingly. If the events still do not fit, because a turn issued thousands of commands or a
// closing record holds a long history, they become the record's archive.
func Pack(ctx context.Context, chain *payloads.Chain, rec *history.Record, limit int) ([]byte, error) {
	data := rec.Marshal()
	for threshold := 64 << 10; len(data) > limit && threshold >= 256; threshold /= 8 {
		if chain.Objects == nil {
			break
		}
		events, err := mapPayloads(rec.Events, func(p *history.Payload) error {
			return chain.SealUnder(ctx, ObjectPrefix(rec.ID, rec.RunID), p, threshold)
		})
		if err != nil {
			return nil, err
		}
		rec.Events = events
		data = rec.Marshal()
	}
	if len(data) > limit && chain.Objects != nil {
		return archive(ctx, chain, rec, data, limit)
	}
	return fit(rec, data, limit)
}

// archive moves the events of a record into its archive, all but the last one.
func archive(ctx context.Context, chain *payloads.Chain, rec *history.Record, data []byte, limit int) ([]byte, error) {
	archive := history.Payload{Encoding: "record", Data: data}
	c := archiveChain(chain)
	c.Threshold = min(payloads.DefaultThreshold, limit/2)
	if err := c.Seal(ctx, ObjectPrefix(rec.ID, rec.RunID), &archive); err != nil {
		return nil, err
	}
	short := *rec
	short.Events, short.Archive = rec.Events[len(rec.Events)-1:], &archive
	return fit(rec, short.Marshal(), limit)
}

func fit(rec *history.Record, data []byte, limit int) ([]byte, error) {
	if len(data) > limit {
		return nil, fmt.Errorf("record of workflow %q has %d bytes, but the limit is %d: %w", rec.ID, len(data), limit, store.ErrTooLarge)
	}
	return data, nil
}

// ObjectPrefix is the prefix of the names of a run's objects in the object store.
func ObjectPrefix(id, runID string) string { return id + "/" + runID }

// ClosedTopic is the topic on which workers announce the end of runs of a workflow id, as an encoded history.RunSummary. A
// client that misses it finds the same summary in the store.
func ClosedTopic(id string) string { return "closed." + id }

// UpdateTopic is the topic on which workers announce how far an update is, as an encoded history.UpdateNotice. A sender that
// misses it reads the journal.
func UpdateTopic(id, updateID string) string {
	return "update." + history.RequestKey(id+"\x00"+updateID)
}

// WorkersTopic is the topic on which the workers that take runs from a queue answer that they are there.
func WorkersTopic(queue string) string { return "workers." + queue }

// StackTopic is the topic on which the workers of a queue are asked for the goroutines of a run.
func StackTopic(queue string) string { return "stack." + queue }

// NewID returns a random id of 32 hexadecimal digits, for runs, requests and commits.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
