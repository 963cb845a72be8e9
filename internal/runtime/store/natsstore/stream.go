package natsstore

// stream: writing to one stream, singly or in batches.

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Headers that the server acts on.
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
// A server that syncs each write does so one after the other, so under load everybody waits for everybody's disk. It
// syncs an atomic batch once, though. Writes therefore go out in rounds: a few at a time as single messages, and when
// more than those have gathered during a round, all of them as one batch. A lone writer never waits for company.
type stream struct {
	link   *link
	name   string
	gather bool // use rounds; otherwise each write goes out at once
	// replicated says that servers other than the leader answer direct gets, perhaps with what was true a moment ago.
	replicated bool

	mu      sync.Mutex
	waiting []*write
	busy    bool // a goroutine runs rounds
}

// ack is the server's acknowledgement of a write.
type ack struct {
	Seq       uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
	Count     int                 `json:"count"` // of a batch: how many messages
	Error     *jetstream.APIError `json:"error"`
}

// write is one message on its way to the stream.
type write struct {
	msg  *nats.Msg
	done chan outcome // takes one outcome without blocking
}

type outcome struct {
	ack ack
	err error
}

// newStream assumes replicas in a cluster; setup corrects it if it may look.
func newStream(l *link, name string, gather bool) *stream {
	return &stream{link: l, name: name, gather: gather, replicated: l.nc.ConnectedClusterName() != ""}
}

// write stores m and repeats that until the outcome is known or ctx ends. A repetition may meet the first attempt's
// success as a conflict or a duplicate; callers see to it that this does no harm.
func (s *stream) write(ctx context.Context, m *nats.Msg) (a ack, err error) {
	err = s.link.persist(ctx, func() error {
		a, err = s.attempt(ctx, m)
		return err
	})
	return a, err
}

func (s *stream) attempt(ctx context.Context, m *nats.Msg) (ack, error) {
	if !s.gather {
		return s.single(ctx, m)
	}
	w := &write{msg: m, done: make(chan outcome, 1)}
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
		return ack{}, fmt.Errorf("unreadable acknowledgement %.100q: %w", data, err)
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
	if !s.busy {
		s.busy = true
		go s.rounds()
	}
}

// Sizes of a round. Up to maxSingles writes are cheaper one by one than as a batch, which costs the server a dozen
// file operations whatever its size; the server takes at most 1000 messages in a batch.
const (
	maxSingles    = 8
	maxBatch      = 500
	maxBatchBytes = 4 << 20
)

func (s *stream) rounds() {
	for round := s.gathered(); len(round) > 0; round = s.gathered() {
		if len(round) <= maxSingles {
			s.singly(round)
		} else {
			s.batch(round)
		}
	}
}

// gathered takes the writes of the next round, oldest first; none if there are none, and then the caller stops.
func (s *stream) gathered() []*write {
	s.mu.Lock()
	defer s.mu.Unlock()
	round, rest := split(s.waiting)
	s.waiting = rest
	s.busy = len(round) > 0
	return round
}

// split takes from waiting what fits into one batch: within the limits, and no subject twice, because the server
// cannot compare a subject's last sequence with a message of the same batch.
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

// singly publishes the writes of a round side by side.
func (s *stream) singly(round []*write) {
	var wg sync.WaitGroup
	for _, w := range round[1:] {
		wg.Go(func() { s.finish(w) })
	}
	s.finish(round[0])
	wg.Wait()
}

func (s *stream) finish(w *write) {
	a, err := s.single(s.link.life, w.msg)
	w.done <- outcome{a, err}
}

// batch publishes a round as one atomic batch. The server refuses it as a whole if one message loses its compare or is
// a duplicate, without saying which; then each goes singly.
func (s *stream) batch(round []*write) {
	last, err := s.commit(round)
	switch {
	case err == nil:
		settle(round, last)
	case isTransient(err):
		for _, w := range round {
			w.done <- outcome{err: err}
		}
	default:
		for chunk := range slices.Chunk(round, maxSingles) {
			s.singly(chunk)
		}
	}
}

// settle gives each write of a stored batch its sequence: they are consecutive.
func settle(round []*write, last ack) {
	first := last.Seq - uint64(len(round)) + 1
	for i, w := range round {
		w.done <- outcome{ack: ack{Seq: first + uint64(i)}}
	}
}

// commit sends the messages of a batch, all but the last without asking for an answer.
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

// inBatch copies m as the nth message of a batch. The original may have to be sent again without it.
func inBatch(m *nats.Msg, id string, n int) *nats.Msg {
	h := make(nats.Header, len(m.Header)+3)
	for k, v := range m.Header {
		h[k] = v
	}
	h[headerBatchID] = []string{id}
	h[headerBatchSeq] = []string{strconv.Itoa(n)}
	return &nats.Msg{Subject: m.Subject, Header: h, Data: m.Data}
}

// header makes the header of a message from pairs of name and value.
func header(pairs ...string) nats.Header {
	h := make(nats.Header, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = []string{pairs[i+1]}
	}
	return h
}

// ttl writes how long the server keeps a message: whole seconds, at least one.
func ttl(d time.Duration) string {
	seconds := max(1, (d+time.Second-1)/time.Second)
	return strconv.FormatInt(int64(seconds), 10) + "s"
}

func seqString(seq uint64) string { return strconv.FormatUint(seq, 10) }

// delete removes one message. Its bytes stay on disk until the server compacts.
func (s *stream) delete(ctx context.Context, seq uint64) error {
	data := fmt.Appendf(nil, `{"seq":%d,"no_erase":true}`, seq)
	return s.link.persist(ctx, func() error {
		_, err := s.single(ctx, &nats.Msg{Subject: "$JS.API.STREAM.MSG.DELETE." + s.name, Data: data})
		return err
	})
}

// purge removes all messages on subject, which may have wildcards.
func (s *stream) purge(ctx context.Context, subject string) error {
	data := fmt.Appendf(nil, `{"filter":%q}`, subject)
	return s.link.persist(ctx, func() error {
		_, err := s.single(ctx, &nats.Msg{Subject: "$JS.API.STREAM.PURGE." + s.name, Data: data})
		return err
	})
}

// uniqueToken returns a token that nobody else has.
func uniqueToken() string {
	inbox := nats.NewInbox()
	return inbox[len(nats.InboxPrefix):]
}
