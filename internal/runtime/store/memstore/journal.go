// Journals: one list of records per workflow id, and an archive of its closed runs.

package memstore

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// journals implements store.Journal.
type journals struct {
	*conn
	byID map[string]*journal
}

// journal is what was appended for one workflow id: the newest run, and the closed runs before it.
type journal struct {
	records []expiring[store.Stored]
	archive map[string]expiring[store.Stored] // by run id
}

// Append implements store.Journal.
func (js journals) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	if err := js.lock(ctx, rec.Data); err != nil {
		return 0, err
	}
	defer js.unlock()
	j := js.find(id)
	if last := j.last(); last != prev {
		return 0, &store.ConflictError{ID: id, Prev: prev, Last: last}
	}
	if rec.First == 0 {
		j.archiveClosed()
	}
	rec = copyRecord(rec)
	stored := store.Stored{Record: rec, Seq: js.nextSeq(), Time: time.Now()}
	switch {
	case rec.Close == nil:
		j.records = append(j.records, permanent(stored))
	case rec.Close.Held:
		j.records = []expiring[store.Stored]{permanent(stored)}
	default:
		j.records = []expiring[store.Stored]{expireAfter(stored, rec.Close.Retention)}
	}
	js.byID[id] = j
	return stored.Seq, nil
}

// Expire implements store.Journal. A closed run expires anyway.
func (js journals) Expire(ctx context.Context, id, runID string) (store.Seq, error) {
	if err := js.lock(ctx, nil); err != nil {
		return 0, err
	}
	defer js.unlock()
	j := js.find(id)
	if len(j.records) == 0 || j.newest().RunID != runID || j.newest().Close == nil {
		return 0, &store.ConflictError{ID: id, Last: j.last()}
	}
	return j.newest().Seq, nil
}

// Load implements store.Journal.
func (js journals) Load(ctx context.Context, id string) ([]store.Stored, error) {
	if err := js.lock(ctx, nil); err != nil {
		return nil, err
	}
	defer js.unlock()
	j := js.find(id)
	if len(j.records) == 0 {
		return nil, fmt.Errorf("journal of workflow %q: %w", id, store.ErrNotFound)
	}
	return j.run(j.newest().RunID), nil
}

// LoadRun implements store.Journal.
func (js journals) LoadRun(ctx context.Context, id, runID string) ([]store.Stored, error) {
	if err := js.lock(ctx, nil); err != nil {
		return nil, err
	}
	defer js.unlock()
	found := js.find(id).run(runID)
	if len(found) == 0 {
		return nil, fmt.Errorf("run %q of workflow %q: %w", runID, id, store.ErrNotFound)
	}
	return found, nil
}

// Last implements store.Journal.
func (js journals) Last(ctx context.Context, id string) (store.Stored, error) {
	if err := js.lock(ctx, nil); err != nil {
		return store.Stored{}, err
	}
	defer js.unlock()
	j := js.find(id)
	if len(j.records) == 0 {
		return store.Stored{}, fmt.Errorf("journal of workflow %q: %w", id, store.ErrNotFound)
	}
	return copyStored(j.newest()), nil
}

// FindRun implements store.Journal.
func (js journals) FindRun(ctx context.Context, id, request string) (runID string, err error) {
	if err := js.lock(ctx, nil); err != nil {
		return "", err
	}
	defer js.unlock()
	j := js.find(id)
	if len(j.records) > 0 && j.newest().Request == request {
		return j.newest().RunID, nil
	}
	var newest store.Stored
	for _, closed := range j.archive {
		if closed.value.Request == request && closed.value.Seq > newest.Seq {
			newest = closed.value
		}
	}
	if newest.Seq == 0 {
		return "", fmt.Errorf("run of request %q of workflow %q: %w", request, id, store.ErrNotFound)
	}
	return newest.RunID, nil
}

// find returns the journal of id without what has expired. It is empty if there is none.
func (js journals) find(id string) *journal {
	j := js.byID[id]
	if j == nil {
		return &journal{archive: map[string]expiring[store.Stored]{}}
	}
	j.records = slices.DeleteFunc(j.records, expiring[store.Stored].expired)
	maps.DeleteFunc(j.archive, func(_ string, r expiring[store.Stored]) bool { return r.expired() })
	return j
}

func (j *journal) newest() store.Stored { return j.records[len(j.records)-1].value }

// last returns the sequence of the newest record, 0 if there is none.
func (j *journal) last() store.Seq {
	if len(j.records) == 0 {
		return 0
	}
	return j.newest().Seq
}

// archiveClosed keeps the closed run readable when a new run takes its place.
func (j *journal) archiveClosed() {
	if len(j.records) == 0 || j.newest().Close == nil {
		return
	}
	closed := j.newest()
	j.archive[closed.RunID] = expiring[store.Stored]{closed, closed.Time.Add(closed.Close.Retention)}
	j.records = nil
}

// run returns the records of one run, oldest first.
func (j *journal) run(runID string) []store.Stored {
	var found []store.Stored
	for _, r := range j.records {
		if r.value.RunID == runID {
			found = append(found, copyStored(r.value))
		}
	}
	if closed, ok := j.archive[runID]; ok && len(found) == 0 {
		found = append(found, copyStored(closed.value))
	}
	return found
}

func copyStored(r store.Stored) store.Stored {
	r.Record = copyRecord(r.Record)
	return r
}

// copyRecord keeps callers and the store from sharing memory.
func copyRecord(r store.Record) store.Record {
	r.Data = bytes.Clone(r.Data)
	if r.Close != nil {
		c := *r.Close
		r.Close = &c
	}
	return r
}
