// Journals: one subject per workflow id, and one per closed run whose id was used again.

package natsstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Headers of a record.
const (
	headerRun     = "Pawl-Run"
	headerRequest = "Pawl-Request"
	headerCommit  = "Pawl-Commit"
	headerFirst   = "Pawl-First"
	headerClose   = "Pawl-Close" // retention
	headerHeld    = "Pawl-Held"  // the closed run does not expire before the next one begins

	// Headers of a copy: the sequence and the time of the record that was copied.
	headerSeq  = "Pawl-Seq"
	headerTime = "Pawl-Time"
)

// Append implements store.Journal.
func (s *Store) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	if err := s.checkAppend(id, rec); err != nil {
		return 0, err
	}
	if rec.First == 0 && prev != 0 {
		if err := s.archive(ctx, id, prev); err != nil {
			return 0, fmt.Errorf("archive the run before run %s of workflow %q: %w", rec.RunID, id, err)
		}
	}
	a, err := s.shard(id).journal.write(ctx, s.recordMsg(id, prev, rec))
	if isConflict(err) && prev == 0 {
		a, err = s.appendAfterExpired(ctx, id, rec, err)
	}
	if isConflict(err) {
		return s.resolve(ctx, id, prev, rec, err)
	}
	if err != nil {
		return 0, fmt.Errorf("append to journal of workflow %q: %w", id, err)
	}
	return a.Seq, nil
}

func (s *Store) checkAppend(id string, rec store.Record) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := checkRun(rec.RunID); err != nil {
		return err
	}
	return s.checkSize(rec.Data)
}

func (s *Store) recordMsg(id string, prev store.Seq, rec store.Record) *nats.Msg {
	h := recordHeader(rec)
	h[headerExpectedSeq] = []string{seqString(prev)}
	if rec.Close != nil {
		h[headerRollup] = []string{rollupSubject} // the server stores this record and removes all before it
	}
	if rec.Close != nil && rec.First == 0 && !rec.Close.Held {
		h[headerTTL] = []string{ttl(rec.Close.Retention)} // no open run can come back from under it: see Expire
	}
	return &nats.Msg{Subject: s.name.journal(id), Header: h, Data: rec.Data}
}

func recordHeader(rec store.Record) nats.Header {
	h := header(headerRun, rec.RunID, headerCommit, rec.CommitID)
	if rec.Request != "" {
		h[headerRequest] = []string{token(rec.Request)}
	}
	if rec.First != 0 {
		h[headerFirst] = []string{seqString(rec.First)}
	}
	if rec.Close != nil {
		h[headerClose] = []string{rec.Close.Retention.String()}
		if rec.Close.Held {
			h[headerHeld] = []string{"1"}
		}
	}
	return h
}

// resolve decides what a conflict means. The record after prev may be rec itself, stored by an attempt whose
// acknowledgement was lost.
func (s *Store) resolve(ctx context.Context, id string, prev store.Seq, rec store.Record, conflict error) (store.Seq, error) {
	m, err := s.journal(id).next(ctx, s.name.journal(id), prev+1)
	switch {
	case err == nil && m.Header.Get(headerCommit) == rec.CommitID && m.Header.Get(headerRun) == rec.RunID:
		return m.Seq, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return 0, fmt.Errorf("read journal of workflow %q after a conflict: %w", id, err)
	}
	return 0, &store.ConflictError{ID: id, Prev: prev, Last: foundSeq(conflict)}
}

// foundSeq returns the sequence in "wrong last sequence: 12", or 0.
func foundSeq(conflict error) (seq store.Seq) {
	var api *jetstream.APIError
	if errors.As(conflict, &api) {
		fmt.Sscanf(api.Description, "wrong last sequence: %d", &seq)
	}
	return seq
}

func (s *Store) journal(id string) reader { return s.reader(s.shard(id).journal) }

// Last implements store.Journal.
func (s *Store) Last(ctx context.Context, id string) (store.Stored, error) {
	if err := checkID(id); err != nil {
		return store.Stored{}, err
	}
	last, _, err := s.newest(ctx, id)
	if err == nil && overdue(last) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Stored{}, fmt.Errorf("read last record of workflow %q: %w", id, err)
	}
	return last, nil
}

// newest returns the newest record of id, and whether the server removes it at the end of the run's retention.
func (s *Store) newest(ctx context.Context, id string) (last store.Stored, expires bool, err error) {
	m, err := s.journal(id).last(ctx, s.name.journal(id))
	if err != nil {
		return last, false, err
	}
	last, err = storedRecord(m)
	return last, m.Header.Get(headerTTL) != "", err
}

// Load implements store.Journal.
func (s *Store) Load(ctx context.Context, id string) ([]store.Stored, error) {
	for {
		last, err := s.Last(ctx, id)
		if err != nil {
			return nil, err
		}
		run, err := s.loadUpTo(ctx, id, last)
		if err != nil {
			return nil, fmt.Errorf("load workflow %q: %w", id, err)
		}
		if run != nil {
			return run, nil
		}
	}
}

// loadUpTo returns the records of the run whose newest record is last. It returns nil if last no longer exists, which means
// that the run was closed or that its retention ended.
func (s *Store) loadUpTo(ctx context.Context, id string, last store.Stored) ([]store.Stored, error) {
	if last.First == 0 || last.Close != nil {
		return []store.Stored{last}, nil
	}
	run, err := s.loadDirect(ctx, id, last)
	if err == nil && !complete(run, last) {
		run, err = s.loadFromLeader(ctx, id, last, run)
	}
	if err == nil && !complete(run, last) {
		return nil, nil
	}
	return run, err
}

// loadDirect reads pages from any replica. One that lags returns too few records.
func (s *Store) loadDirect(ctx context.Context, id string, last store.Stored) ([]store.Stored, error) {
	return loadFrom(s.journal(id).all(ctx, s.name.journal(id), last.First), nil, last)
}

// loadFromLeader reads the records between run and last one by one.
func (s *Store) loadFromLeader(ctx context.Context, id string, last store.Stored, run []store.Stored) ([]store.Stored, error) {
	from := last.First
	if len(run) > 0 {
		from = run[len(run)-1].Seq + 1
	}
	return loadFrom(s.journal(id).allFresh(ctx, s.name.journal(id), from), run, last)
}

// loadFrom appends messages to run, up to last.
func loadFrom(messages iter.Seq2[message, error], run []store.Stored, last store.Stored) ([]store.Stored, error) {
	for m, err := range messages {
		if err != nil {
			return nil, err
		}
		if m.Seq > last.Seq {
			break
		}
		rec, err := storedRecord(m)
		if err != nil {
			return nil, err
		}
		if run = append(run, rec); m.Seq == last.Seq {
			break
		}
	}
	return run, nil
}

func complete(run []store.Stored, last store.Stored) bool {
	return len(run) > 0 && run[0].Seq == last.First && run[len(run)-1].Seq == last.Seq
}

// LoadRun implements store.Journal.
func (s *Store) LoadRun(ctx context.Context, id, runID string) ([]store.Stored, error) {
	if err := checkRun(runID); err != nil {
		return nil, err
	}
	run, err := s.Load(ctx, id)
	if err == nil && run[0].RunID == runID {
		return run, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	rec, err := s.archived(ctx, id, runID)
	if err != nil {
		return nil, fmt.Errorf("load run %s of workflow %q: %w", runID, id, err)
	}
	return []store.Stored{rec}, nil
}

// FindRun implements store.Journal.
func (s *Store) FindRun(ctx context.Context, id, request string) (runID string, err error) {
	if err := checkName("request", request); err != nil {
		return "", err
	}
	last, err := s.Last(ctx, id)
	if err == nil && last.Request == request {
		return last.RunID, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	m, err := s.journal(id).last(ctx, s.name.archive(id, request, ""))
	if err != nil {
		return "", fmt.Errorf("find the run of request %s of workflow %q: %w", request, id, err)
	}
	return m.Header.Get(headerRun), nil
}

func storedRecord(m message) (store.Stored, error) {
	rec := store.Stored{Seq: m.Seq, Time: m.Time, Record: store.Record{
		RunID:    m.Header.Get(headerRun),
		Request:  untoken(m.Header.Get(headerRequest)),
		CommitID: m.Header.Get(headerCommit),
		Data:     m.Data,
	}}
	var err error
	if first := m.Header.Get(headerFirst); first != "" {
		rec.First, err = strconv.ParseUint(first, 10, 64)
	}
	if retention := m.Header.Get(headerClose); retention != "" && err == nil {
		rec.Close = &store.Close{Held: m.Header.Get(headerHeld) != ""}
		rec.Close.Retention, err = time.ParseDuration(retention)
	}
	if at := m.Header.Get(headerTime); at != "" && err == nil {
		rec.Time, err = time.Parse(time.RFC3339Nano, at)
	}
	if err != nil {
		return rec, fmt.Errorf("read headers of record %d on %s: %w", m.Seq, m.Subject, err)
	}
	return rec, nil
}
