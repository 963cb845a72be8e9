// Writing to one stream, one message at a time or in batches.

package natsstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Headers that the server interprets.
const (
	headerExpectedSeq    = "Nats-Expected-Last-Subject-Sequence"
	headerMsgID          = "Nats-Msg-Id"
	headerTTL            = "Nats-TTL"
	headerRollup         = "Nats-Rollup"
	rollupSubject        = "sub"
	headerBatchID        = "Nats-Batch-Id"
	headerBatchSeq       = "Nats-Batch-Sequence"
	headerBatchCommit    = "Nats-Batch-Commit"
	headerSchedule       = "Nats-Schedule"
	headerScheduleTarget = "Nats-Schedule-Target"
)

// stream writes to one JetStream stream.
//
// A server that syncs each write to disk makes concurrent writers wait for each other. But it syncs an atomic batch only
// once. So concurrent writes are sent in rounds: all writes that arrived during a round are sent in the next one, as single
// messages if they are few, otherwise as one batch. A single writer never waits for others.
type stream struct {
	link     *link
	name     string
	batching bool // use rounds; otherwise each write is sent immediately
	// replicated says that servers other than the leader answer direct gets, possibly with stale data.
	replicated bool

	mu      sync.Mutex
	waiting []*write
	running bool // a goroutine runs rounds
}

// ack is the server's acknowledgement of a write.
type ack struct {
	Seq       uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
	Count     int                 `json:"count"` // of the messages of a batch
	Error     *jetstream.APIError `json:"error"`
}

// write is one message to be written.
type write struct {
	msg  *nats.Msg
	done chan result // has room for one result
}

// result is the result of a write.
type result struct {
	ack ack
	err error
}

// newStream assumes replicas in a cluster. Setup corrects that unless the streams are provisioned by an operator.
func newStream(l *link, name string, batching bool) *stream {
	return &stream{link: l, name: name, batching: batching, replicated: l.nc.ConnectedClusterName() != ""}
}

// write stores m, and retries until the outcome is known or ctx ends. If an earlier attempt succeeded unnoticed, a retry
// reports a conflict or a duplicate. Callers must handle that.
func (s *stream) write(ctx context.Context, m *nats.Msg) (a ack, err error) {
	err = s.link.retry(ctx, s.name, func() error {
		a, err = s.attempt(ctx, m)
		return err
	})
	return a, err
}

func (s *stream) attempt(ctx context.Context, m *nats.Msg) (ack, error) {
	if !s.batching {
		return s.single(ctx, m)
	}
	w := &write{msg: m, done: make(chan result, 1)}
	s.enqueue(w)
	select {
	case o := <-w.done:
		return o.ack, o.err
	case <-ctx.Done():
		return ack{}, &transientError{ctx.Err()}
	}
}

// single publishes m and waits for its acknowledgement.
func (s *stream) single(ctx context.Context, m *nats.Msg) (ack, error) {
	reply, err := s.link.request(ctx, m)
	if err != nil {
		return ack{}, err
	}
	a, err := parseAck(reply.Data)
	if err != nil {
		return ack{}, fmt.Errorf("stream %s: %w", s.name, err)
	}
	return a, nil
}

func parseAck(data []byte) (a ack, err error) {
	if err := json.Unmarshal(data, &a); err != nil {
		return ack{}, fmt.Errorf("invalid acknowledgement %.100q: %w", data, err)
	}
	if a.Error != nil {
		return ack{}, apiError(a.Error)
	}
	return a, nil
}

func (s *stream) enqueue(w *write) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, w)
	if !s.running {
		s.running = true
		go s.rounds()
	}
}

// Sizes of a round. Up to maxSingles writes are cheaper one by one: a batch of any size costs the server a dozen file
// operations. The server accepts at most 1000 messages in a batch.
const (
	maxSingles    = 8
	maxBatch      = 500
	maxBatchBytes = 4 << 20
)

// rounds sends the waiting writes until there are none.
func (s *stream) rounds() {
	for round := s.nextRound(); len(round) > 0; round = s.nextRound() {
		if len(round) <= maxSingles {
			s.writeEach(round)
		} else {
			s.writeBatch(round)
		}
	}
}

// nextRound removes the writes of the next round from those that wait, and returns them oldest first.
func (s *stream) nextRound() []*write {
	s.mu.Lock()
	defer s.mu.Unlock()
	round, rest := split(s.waiting)
	s.waiting = rest
	s.running = len(round) > 0
	return round
}

// split returns the writes that fit into one batch, and the rest. A batch has no subject twice, because the server cannot
// compare the last sequence of a subject with a message of the same batch.
func split(waiting []*write) (round, rest []*write) {
	subjects := make(map[string]bool, min(len(waiting), maxBatch))
	size := 0
	for _, w := range waiting {
		size += w.msg.Size()
		if subjects[w.msg.Subject] || len(round) == maxBatch || size > maxBatchBytes && len(round) > 0 {
			rest = append(rest, w)
			continue
		}
		subjects[w.msg.Subject] = true
		round = append(round, w)
	}
	return round, rest
}

// writeEach publishes the writes of a round concurrently as single messages.
func (s *stream) writeEach(round []*write) {
	var wg sync.WaitGroup
	for _, w := range round[1:] {
		wg.Go(func() { s.finish(w) })
	}
	s.finish(round[0])
	wg.Wait()
}

func (s *stream) finish(w *write) {
	a, err := s.single(s.link.life, w.msg)
	w.done <- result{a, err}
}

// writeBatch publishes a round as one atomic batch. The server rejects all of it if one message conflicts or is a duplicate,
// and does not say which. Then each message is published by itself.
func (s *stream) writeBatch(round []*write) {
	last, err := s.commit(round)
	switch {
	case err == nil:
		finishBatch(round, last)
	case isTransient(err):
		for _, w := range round {
			w.done <- result{err: err}
		}
	default:
		for chunk := range slices.Chunk(round, maxSingles) {
			s.writeEach(chunk)
		}
	}
}

// finishBatch sets the result of each write of a stored batch. Their sequences are consecutive.
func finishBatch(round []*write, last ack) {
	first := last.Seq - uint64(len(round)) + 1
	for i, w := range round {
		w.done <- result{ack: ack{Seq: first + uint64(i)}}
	}
}

// commit sends the messages of a batch. Only the last one is acknowledged.
func (s *stream) commit(round []*write) (ack, error) {
	if _, err := s.link.await(s.link.life); err != nil {
		return ack{}, err
	}
	id := uniqueToken()
	for i, w := range round[:len(round)-1] {
		if err := s.link.nc.PublishMsg(inBatch(w.msg, id, i+1)); err != nil {
			return ack{}, &transientError{err}
		}
	}
	m := inBatch(round[len(round)-1].msg, id, len(round))
	m.Header[headerBatchCommit] = []string{"1"}
	a, err := s.single(s.link.life, m)
	if err == nil && a.Count != len(round) {
		return ack{}, fmt.Errorf("NATS stored %d of %d messages of a batch on stream %s", a.Count, len(round), s.name)
	}
	return a, err
}

// inBatch returns a copy of m as the nth message of a batch. m itself may have to be sent again without a batch.
func inBatch(m *nats.Msg, id string, n int) *nats.Msg {
	h := make(nats.Header, len(m.Header)+3)
	maps.Copy(h, m.Header)
	h[headerBatchID] = []string{id}
	h[headerBatchSeq] = []string{strconv.Itoa(n)}
	return &nats.Msg{Subject: m.Subject, Header: h, Data: m.Data}
}

// header returns a header with the given pairs of name and value.
func header(pairs ...string) nats.Header {
	h := make(nats.Header, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = []string{pairs[i+1]}
	}
	return h
}

// ttl formats how long the server keeps a message. It rounds up to whole seconds, and is at least one second.
func ttl(d time.Duration) string {
	d = min(max(d, time.Second), longestTTL)
	seconds := (d + time.Second - 1) / time.Second
	return strconv.FormatInt(int64(seconds), 10) + "s"
}

// longestTTL stands for every longer time. The server adds the nanoseconds to the present in 64 bits, without a check.
const longestTTL = 100 * 365 * 24 * time.Hour

func seqString(seq uint64) string { return strconv.FormatUint(seq, 10) }

// delete removes one message. Its bytes remain on disk until the server compacts the stream.
func (s *stream) delete(ctx context.Context, seq uint64) error {
	data := fmt.Appendf(nil, `{"seq":%d,"no_erase":true}`, seq)
	return s.link.retry(ctx, s.name, func() error {
		_, err := s.single(ctx, &nats.Msg{Subject: "$JS.API.STREAM.MSG.DELETE." + s.name, Data: data})
		return err
	})
}

// purge removes all messages on subject, which may have wildcards.
func (s *stream) purge(ctx context.Context, subject string) error {
	data := fmt.Appendf(nil, `{"filter":%q}`, subject)
	return s.link.retry(ctx, s.name, func() error {
		_, err := s.single(ctx, &nats.Msg{Subject: "$JS.API.STREAM.PURGE." + s.name, Data: data})
		return err
	})
}

// uniqueToken returns a token that is unique across processes.
func uniqueToken() string {
	inbox := nats.NewInbox()
	return inbox[len(nats.InboxPrefix):]
}
