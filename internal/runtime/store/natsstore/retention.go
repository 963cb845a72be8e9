// Retention: how closed runs expire, and how they stay readable when their id is used again.
//
// A server that crashes may forget that it has removed messages: what a rollup or an expiry removed shortly before can come
// back. If records of a closed run came back alone, they would look like an open run. So a run is closed in two steps. The
// closing record replaces the records before it, and never expires. Expire replaces it with a copy that expires. Whatever
// comes back from under the copy, the closing record is on top of it, because it was removed last.

package natsstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Expire implements store.Journal.
func (s *Store) Expire(ctx context.Context, id, runID string) (store.Seq, error) {
	for {
		last, expires, err := s.newest(ctx, id)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return 0, fmt.Errorf("read last record of workflow %q: %w", id, err)
		case err != nil || last.RunID != runID || last.Close == nil:
			return 0, &store.ConflictError{ID: id, Last: last.Seq}
		case expires || last.Close.Held:
			return last.Seq, nil
		}
		h := copyHeader(last)
		h[headerExpectedSeq] = []string{seqString(last.Seq)}
		h[headerRollup] = []string{rollupSubject}
		a, err := s.shard(id).journal.write(ctx, &nats.Msg{Subject: s.name.journal(id), Header: h, Data: last.Data})
		if err == nil {
			return a.Seq, nil
		}
		if !isConflict(err) {
			return 0, fmt.Errorf("let run %s of workflow %q expire: %w", runID, id, err)
		}
	}
}

// overdue reports whether the retention of a closed run has ended, although the server still has its record: its worker died
// before Expire, or the record came back after a crash.
func overdue(last store.Stored) bool {
	return last.Close != nil && !last.Close.Held && time.Since(last.Time) > last.Close.Retention
}

// appendAfterExpired appends the first record of a run after one whose retention has ended. If there is none, it returns
// conflict.
func (s *Store) appendAfterExpired(ctx context.Context, id string, rec store.Record, conflict error) (ack, error) {
	last, _, err := s.newest(ctx, id)
	if err != nil || !overdue(last) {
		return ack{}, conflict
	}
	return s.shard(id).journal.write(ctx, s.recordMsg(id, last.Seq, rec))
}

// archive copies the record prev to a subject of its own if it closed a run, because the close of the next run removes it
// from the subject of the workflow. Copying it twice does no harm.
func (s *Store) archive(ctx context.Context, id string, prev store.Seq) error {
	closed, err := s.Last(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (closed.Seq != prev || closed.Close == nil) {
		return nil // prev did not close a run, or the append is about to conflict
	}
	if err != nil {
		return err
	}
	h := copyHeader(closed)
	h[headerExpectedSeq] = []string{"0"}
	_, err = s.shard(id).journal.write(ctx, &nats.Msg{Subject: s.name.archive(id, cmp.Or(closed.Request, noRequest), closed.RunID), Header: h, Data: closed.Data})
	if isConflict(err) {
		return nil
	}
	return err
}

// noRequest takes the place of the request in the subject of a run that has none.
const noRequest = "-"

// copyHeader returns the header of a copy of a closing record, which expires when the retention of the run ends.
func copyHeader(closed store.Stored) nats.Header {
	h := recordHeader(closed.Record)
	delete(h, headerHeld)
	h[headerTTL] = []string{ttl(closed.Close.Retention - time.Since(closed.Time))}
	h[headerSeq] = []string{seqString(closed.Seq)}
	h[headerTime] = []string{closed.Time.Format(time.RFC3339Nano)}
	return h
}

// archived returns the record of a closed run whose id was used again.
func (s *Store) archived(ctx context.Context, id, runID string) (store.Stored, error) {
	m, err := s.journal(id).last(ctx, s.name.archive(id, "", runID))
	if err != nil {
		return store.Stored{}, err
	}
	rec, err := storedRecord(m)
	if err != nil {
		return rec, err
	}
	if rec.Seq, err = strconv.ParseUint(m.Header.Get(headerSeq), 10, 64); err != nil {
		return rec, fmt.Errorf("read headers of archived record %d on %s: %w", m.Seq, m.Subject, err)
	}
	if overdue(rec) {
		return rec, store.ErrNotFound
	}
	return rec, nil
}
