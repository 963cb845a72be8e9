package natsstore

// Registry: the last entry of each workflow id.

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

// PutEntry implements store.Visibility. An entry is written over exactly the one that it was compared with.
func (s *Store) PutEntry(ctx context.Context, e store.Entry) error {
	if err := checkID(e.ID); err != nil {
		return err
	}
	if err := s.checkSize(e.Data); err != nil {
		return err
	}
	there := s.seen.get(e.ID)
	if there.version > e.Version {
		there = place{} // it may have expired; the compare tells
	}
	for there.version <= e.Version {
		a, err := s.shard(e.ID).registry.write(ctx, s.entryMsg(e, there.seq))
		switch {
		case err == nil:
			s.seen.put(e.ID, place{seq: a.Seq, version: e.Version})
			return nil
		case isConflict(err):
			there, err = s.findEntry(ctx, e.ID)
		}
		if err != nil {
			return fmt.Errorf("register workflow %q: %w", e.ID, err)
		}
	}
	return nil
}

func (s *Store) entryMsg(e store.Entry, over uint64) *nats.Msg {
	h := header(headerExpectedSeq, seqString(over), headerVersion, strconv.FormatUint(e.Version, 10))
	if e.Keep > 0 {
		h[headerTTL] = []string{ttl(e.Keep)}
		h[headerKeep] = []string{e.Keep.String()}
	}
	return &nats.Msg{Subject: s.name.entry(e.ID), Header: h, Data: e.Data}
}

// findEntry returns where the entry of id is and which version; zero if there is none.
func (s *Store) findEntry(ctx context.Context, id string) (place, error) {
	m, e, err := s.readEntry(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return place{}, nil
	}
	return place{seq: m.Seq, version: e.Version}, err
}

// GetEntry implements store.Visibility.
func (s *Store) GetEntry(ctx context.Context, id string) (store.Entry, error) {
	if err := checkID(id); err != nil {
		return store.Entry{}, err
	}
	_, e, err := s.readEntry(ctx, id)
	if err != nil {
		return store.Entry{}, fmt.Errorf("read entry of workflow %q: %w", id, err)
	}
	return e, nil
}

func (s *Store) readEntry(ctx context.Context, id string) (message, store.Entry, error) {
	m, err := s.reader(s.shard(id).registry).last(ctx, s.name.entry(id))
	return m, storedEntry(id, m), err
}

// storedEntry reads an entry. A version that cannot be read is 0, so that the next one replaces it; what the data is
// worth, the caller sees.
func storedEntry(id string, m message) store.Entry {
	e := store.Entry{ID: id, Data: m.Data}
	if version, err := strconv.ParseUint(m.Header.Get(headerVersion), 10, 64); err == nil {
		e.Version = version
	}
	if keep, err := time.ParseDuration(m.Header.Get(headerKeep)); err == nil {
		e.Keep = keep
	}
	return e
}

// ListEntries implements store.Visibility.
func (s *Store) ListEntries(ctx context.Context, yield func(store.Entry) bool) error {
	var shards []iter.Seq2[message, error]
	for _, sh := range s.shards {
		shards = append(shards, s.reader(sh.registry).all(ctx, s.name.subject("x", ">"), 0))
	}
	for m, err := range oldestFirst(shards) {
		if err != nil {
			return fmt.Errorf("list workflows: %w", err)
		}
		id, err := s.name.parseEntry(m.Subject)
		if err != nil {
			s.log.Debug("left out a message that is no entry", "seq", m.Seq, "error", err)
			continue
		}
		if !yield(storedEntry(id, m)) {
			return nil
		}
	}
	return nil
}

// place is where an entry stands in its stream, and its version.
type place struct{ seq, version uint64 }

// entryCache remembers the entries that this process wrote last, so that writing over one needs no read before. It may
// be wrong: the compare on writing finds out.
type entryCache struct {
	mu     sync.Mutex
	places map[string]place
}

const entryCacheSize = 16 << 10

func newEntryCache() *entryCache { return &entryCache{places: map[string]place{}} }

func (c *entryCache) get(id string) place {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.places[id]
}

func (c *entryCache) put(id string, p place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.places) >= entryCacheSize {
		for other := range c.places { // any one: the order of a map is as good as random
			delete(c.places, other)
			break
		}
	}
	c.places[id] = p
}
