// Visibility: the newest entry of each workflow id.

package natsstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

const (
	headerVersion = "Pawl-Version"
	headerKeep    = "Pawl-Keep"
)

// PutEntry implements store.Visibility. It replaces exactly the entry whose version it compared.
func (s *Store) PutEntry(ctx context.Context, e store.Entry) error {
	if err := checkID(e.ID); err != nil {
		return err
	}
	if err := s.checkSize(e.Data); err != nil {
		return err
	}
	old := s.written.get(e.ID)
	if old.version > e.Version {
		old = revision{} // the entry may have expired; if not, the write conflicts
	}
	for old.version <= e.Version {
		a, err := s.shard(e.ID).visibility.write(ctx, s.entryMsg(e, old.seq))
		switch {
		case err == nil:
			s.written.put(e.ID, revision{seq: a.Seq, version: e.Version})
			return nil
		case isConflict(err):
			old, err = s.findEntry(ctx, e.ID)
		}
		if err != nil {
			return fmt.Errorf("store visibility entry of workflow %q: %w", e.ID, err)
		}
	}
	return nil
}

func (s *Store) entryMsg(e store.Entry, replaces uint64) *nats.Msg {
	h := header(headerExpectedSeq, seqString(replaces), headerRollup, rollupSubject, headerVersion, strconv.FormatUint(e.Version, 10))
	if e.Keep > 0 {
		h[headerTTL] = []string{ttl(e.Keep)}
		h[headerKeep] = []string{e.Keep.String()}
	}
	return &nats.Msg{Subject: s.name.entry(e.ID), Header: h, Data: e.Data}
}

// findEntry returns the revision of the entry of id, zero if there is none.
func (s *Store) findEntry(ctx context.Context, id string) (revision, error) {
	m, e, err := s.readEntry(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return revision{}, nil
	}
	return revision{seq: m.Seq, version: e.Version}, err
}

// DropEntry implements store.Visibility.
func (s *Store) DropEntry(ctx context.Context, e store.Entry) error {
	if err := checkID(e.ID); err != nil {
		return err
	}
	m, stored, err := s.readEntry(ctx, e.ID)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && stored.Version != e.Version:
		return nil
	case err == nil:
		err = s.shard(e.ID).visibility.delete(ctx, m.Seq)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("remove visibility entry of workflow %q: %w", e.ID, err)
	}
	return nil
}

// GetEntry implements store.Visibility.
func (s *Store) GetEntry(ctx context.Context, id string) (store.Entry, error) {
	if err := checkID(id); err != nil {
		return store.Entry{}, err
	}
	m, e, err := s.readEntry(ctx, id)
	if err == nil && expired(m, e) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Entry{}, fmt.Errorf("read visibility entry of workflow %q: %w", id, err)
	}
	return e, nil
}

func (s *Store) readEntry(ctx context.Context, id string) (message, store.Entry, error) {
	m, err := s.reader(s.shard(id).visibility).last(ctx, s.name.entry(id))
	return m, storedEntry(id, m), err
}

// storedEntry parses an entry. A version that is unreadable is 0, so that the next entry replaces it. The data is not
// checked.
func storedEntry(id string, m message) store.Entry {
	e := store.Entry{ID: id, Changed: m.Time, Data: m.Data}
	if version, err := strconv.ParseUint(m.Header.Get(headerVersion), 10, 64); err == nil {
		e.Version = version
	}
	if keep, err := time.ParseDuration(m.Header.Get(headerKeep)); err == nil {
		e.Keep = keep
	}
	return e
}

// expired reports whether an entry has expired, although the server still has it: after a crash, the server needs a moment to
// remove it again.
func expired(m message, e store.Entry) bool { return e.Keep > 0 && time.Since(m.Time) > e.Keep }

// ListEntries implements store.Visibility.
func (s *Store) ListEntries(ctx context.Context, yield func(store.Entry) bool) error {
	var shards []iter.Seq2[message, error]
	for _, sh := range s.shards {
		shards = append(shards, s.reader(sh.visibility).newestFirst(ctx, s.name.subject("x", ">")))
	}
	newest := map[string]uint64{} // by subject: after a crash, an entry that was replaced may be there again
	for m, err := range merge(shards, newer) {
		if err != nil {
			return fmt.Errorf("list workflows: %w", err)
		}
		if m.Seq < newest[m.Subject] {
			continue
		}
		newest[m.Subject] = m.Seq
		if e, ok := s.parsedEntry(m); ok && !yield(e) {
			return nil
		}
	}
	return nil
}

// ReadEntries implements store.Visibility. The parts are the shards.
func (s *Store) ReadEntries(ctx context.Context, from store.Position, max int) (entries []store.Entry, next store.Position, err error) {
	for ; from.Part < len(s.shards); from = (store.Position{Part: from.Part + 1}) {
		for m, err := range s.reader(s.shards[from.Part].visibility).all(ctx, s.name.subject("x", ">"), from.Seq) {
			if err != nil {
				return entries, from, fmt.Errorf("read visibility entries: %w", err)
			}
			if len(entries) >= max {
				return entries, store.Position{Part: from.Part, Seq: m.Seq}, nil
			}
			if e, ok := s.parsedEntry(m); ok {
				entries = append(entries, e)
			}
		}
	}
	return entries, store.Position{}, nil
}

// parsedEntry returns the entry that a message holds, unless it is something else or has expired.
func (s *Store) parsedEntry(m message) (e store.Entry, ok bool) {
	id, err := s.name.parseEntry(m.Subject)
	if err != nil {
		s.log.Debug("ignored a message that is not an entry", "seq", m.Seq, "error", err)
		return store.Entry{}, false
	}
	e = storedEntry(id, m)
	return e, !expired(m, e)
}

// revision is the sequence of an entry in its stream, and its version.
type revision struct{ seq, version uint64 }

// entryCache remembers the entries that this process wrote, so that it can replace one without reading it. If the cache
// is wrong, the write conflicts.
type entryCache struct {
	mu        sync.Mutex
	revisions map[string]revision
}

const entryCacheSize = 16 << 10

func newEntryCache() *entryCache { return &entryCache{revisions: map[string]revision{}} }

func (c *entryCache) get(id string) revision {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.revisions[id]
}

func (c *entryCache) put(id string, p revision) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.revisions) >= entryCacheSize {
		for other := range c.revisions { // any one; map order is random enough
			delete(c.revisions, other)
			break
		}
	}
	c.revisions[id] = p
}
