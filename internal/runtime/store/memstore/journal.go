package memstore

// The journals: one list of records per workflow id, and an archive of its closed runs.

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// journal is what was appended for one workflow id: the newest run, and the closed runs before it.
type journal struct {
	records []kept[store.Stored]
	archive map[string]kept[store.Stored] // by run id
}

// Append stores rec after the record prev of workflow id.
func (s *Store) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	if err := s.enter(ctx, rec.Data); err != nil {
		return 0, err
	}
	defer s.leave()
	j := s.journal(id)
	if last := j.last(); last != prev {
		return 0, &store.ConflictError{ID: id, Prev: prev, Last: last}
	}
	if rec.First == 0 {
		j.archiveClosed()
	}
	rec = copyRecord(rec)
	stored := store.Stored{Record: rec, Seq: s.nextSeq(), Time: time.Now()}
	if rec.Close == nil {
		j.records = append(j.records, keepForEver(stored))
	} else {
		j.records = []kept[store.Stored]{keep(stored, rec.Close.Retention)}
	}
	s.journals[id] = j
	return stored.Seq, nil
}

// Load returns the records of the newest run of workflow id, oldest first.
func (s *Store) Load(ctx context.Context, id string) ([]store.Stored, error) {
	if err := s.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer s.leave()
	j := s.journal(id)
	if len(j.records) == 0 {
		return nil, fmt.Errorf("journal of workflow %q: %w", id, store.ErrNotFound)
	}
	return j.run(j.newest().RunID), nil
}

// LoadRun is Load for one named run.
func (s *Store) LoadRun(ctx context.Context, id, runID string) ([]store.Stored, error) {
	if err := s.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer s.leave()
	found := s.journal(id).run(runID)
	if len(found) == 0 {
		return nil, fmt.Errorf("run %q of workflow %q: %w", runID, id, store.ErrNotFound)
	}
	return found, nil
}

// Last returns the newest record of workflow id.
func (s *Store) Last(ctx context.Context, id string) (store.Stored, error) {
	if err := s.enter(ctx, nil); err != nil {
		return store.Stored{}, err
	}
	defer s.leave()
	j := s.journal(id)
	if len(j.records) == 0 {
		return store.Stored{}, fmt.Errorf("journal of workflow %q: %w", id, store.ErrNotFound)
	}
	return copyStored(j.newest()), nil
}

// journal returns what is left of the journal of id, an empty one if nothing is.
func (s *Server) journal(id string) *journal {
	j := s.journals[id]
	if j == nil {
		return &journal{archive: map[string]kept[store.Stored]{}}
	}
	j.records = slices.DeleteFunc(j.records, kept[store.Stored].gone)
	for run, closed := range j.archive {
		if closed.gone() {
			delete(j.archive, run)
		}
	}
	return j
}

func (j *journal) newest() store.Stored { return j.records[len(j.records)-1].value }

// last is the place of the newest record, 0 if there is none.
func (j *journal) last() store.Seq {
	if len(j.records) == 0 {
		return 0
	}
	return j.newest().Seq
}

// archiveClosed keeps the closed run readable, while the id goes to a new one.
func (j *journal) archiveClosed() {
	if len(j.records) == 0 || j.newest().Close == nil {
		return
	}
	j.archive[j.newest().RunID] = j.records[len(j.records)-1]
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

func copyRecord(r store.Record) store.Record {
	r.Data = copyOf(r.Data)
	if r.Close != nil {
		r.Close = &store.Close{Retention: r.Close.Retention}
	}
	return r
}
