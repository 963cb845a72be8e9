// Reading messages of a stream by subject.

package natsstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// message is a stored message.
type message struct {
	Subject string
	Seq     uint64
	Time    time.Time
	Header  nats.Header
	Data    []byte
}

// getRequest is the body of a get request.
type getRequest struct {
	Seq      uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// reader reads one stream. Any replica may answer a direct get, possibly with stale data. Where that matters, a stream
// with replicas is read through its leader.
type reader struct {
	link       *link
	stream     string
	replicated bool
}

func (s *Store) reader(from *stream) reader {
	return reader{link: s.link, stream: from.name, replicated: from.replicated}
}

// last returns the newest message on subject, or store.ErrNotFound. It is never stale.
func (r reader) last(ctx context.Context, subject string) (message, error) {
	return r.fresh(ctx, getRequest{LastFor: subject})
}

// next returns the first message on subject at or after seq, or store.ErrNotFound. It is never stale.
func (r reader) next(ctx context.Context, subject string, seq uint64) (message, error) {
	return r.fresh(ctx, getRequest{NextFor: subject, Seq: max(seq, 1)})
}

func (r reader) fresh(ctx context.Context, q getRequest) (m message, err error) {
	get := r.direct
	if r.replicated {
		get = r.leader
	}
	err = r.link.retry(ctx, r.stream, func() error {
		m, err = get(ctx, q)
		return err
	})
	return m, err
}

// direct sends a request that any replica may answer.
func (r reader) direct(ctx context.Context, q getRequest) (message, error) {
	reply, err := r.request(ctx, "$JS.API.DIRECT.GET."+r.stream, q)
	if errors.Is(err, nats.ErrNoResponders) {
		return r.leader(ctx, q) // no replica answers, or the headers of a stored message look like that status
	}
	if err != nil {
		return message{}, err
	}
	if status := statusOf(reply); status != "" {
		return message{}, directError(r.stream, status, reply.Header.Get("Description"))
	}
	m, err := directMessage(reply)
	if err != nil {
		return r.leader(ctx, q)
	}
	return m, nil
}

// leader sends a request to the leader of the stream.
func (r reader) leader(ctx context.Context, q getRequest) (message, error) {
	reply, err := r.request(ctx, "$JS.API.STREAM.MSG.GET."+r.stream, q)
	if err != nil {
		return message{}, err
	}
	return leaderMessage(reply.Data)
}

func (r reader) request(ctx context.Context, subject string, q getRequest) (*nats.Msg, error) {
	data, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	return r.link.request(ctx, &nats.Msg{Subject: subject, Data: data})
}

func directError(stream, status, description string) error {
	switch status {
	case "404":
		return store.ErrNotFound
	case "503":
		return requestError("stream "+stream, nats.ErrNoResponders)
	}
	return fmt.Errorf("read stream %s: NATS returned status %s %s", stream, status, description)
}

// directMessage parses the answer to a direct get, which is the message itself with its sequence and time in headers. It
// fails if the message has unreadable headers; then only the leader can return it.
func directMessage(m *nats.Msg) (message, error) {
	seq, err := strconv.ParseUint(lastValue(m.Header, "Nats-Sequence"), 10, 64)
	if err != nil {
		return message{}, fmt.Errorf("parse the sequence of a stored message: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, lastValue(m.Header, "Nats-Time-Stamp"))
	if err != nil {
		return message{}, fmt.Errorf("parse the time of a stored message: %w", err)
	}
	return message{Subject: lastValue(m.Header, "Nats-Subject"), Seq: seq, Time: at, Header: m.Header, Data: m.Data}, nil
}

// lastValue returns the last value of a header. The server adds its own after those of the message.
func lastValue(h nats.Header, key string) string {
	if values := h[key]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// leaderMessage parses the answer of the leader, which is JSON. It drops unreadable headers.
func leaderMessage(data []byte) (message, error) {
	var answer struct {
		Error   *jetstream.APIError
		Message struct {
			Subject string
			Seq     uint64
			Hdrs    []byte
			Data    []byte
			Time    time.Time
		}
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return message{}, fmt.Errorf("parse a stored message: %w", err)
	}
	if answer.Error != nil {
		return message{}, apiError(answer.Error)
	}
	m := message{Subject: answer.Message.Subject, Seq: answer.Message.Seq, Time: answer.Message.Time, Data: answer.Message.Data}
	if h, err := nats.DecodeHeadersMsg(answer.Message.Hdrs); err == nil {
		m.Header = h
	}
	return m, nil
}

// The limits of one page, which is the answer to one direct get.
const (
	pageMessages = 256
	pageBytes    = 4 << 20
)

// all returns the messages on subject, which may have wildcards, starting at sequence seq. It reads pages from any
// replica, and ends with the first error.
func (r reader) all(ctx context.Context, subject string, seq uint64) iter.Seq2[message, error] {
	return func(yield func(message, error) bool) {
		for more := true; more; {
			var page []message
			var err error
			if page, more, err = r.page(ctx, subject, seq); err != nil {
				yield(message{}, err)
				return
			}
			for _, m := range page {
				if !yield(m, nil) {
					return
				}
				seq = m.Seq + 1
			}
		}
	}
}

// allFresh is like all, but never stale: it reads a stream with replicas message by message, through the leader.
func (r reader) allFresh(ctx context.Context, subject string, seq uint64) iter.Seq2[message, error] {
	if !r.replicated {
		return r.all(ctx, subject, seq)
	}
	return func(yield func(message, error) bool) {
		for {
			m, err := r.next(ctx, subject, seq)
			if errors.Is(err, store.ErrNotFound) || !yield(m, err) || err != nil {
				return
			}
			seq = m.Seq + 1
		}
	}
}

// page reads messages in one request and reports whether there are more.
func (r reader) page(ctx context.Context, subject string, seq uint64) (page []message, more bool, err error) {
	err = r.link.retry(ctx, r.stream, func() error {
		page, more, err = r.pageOnce(ctx, subject, seq)
		return err
	})
	return page, more, err
}

// pageOnce sends a direct get with many answers.
func (r reader) pageOnce(ctx context.Context, subject string, seq uint64) (page []message, more bool, err error) {
	q := getRequest{NextFor: subject, Seq: max(seq, 1), Batch: pageMessages, MaxBytes: pageBytes}
	data, err := json.Marshal(q)
	if err != nil {
		return nil, false, err
	}
	var answers []*nats.Msg
	err = r.link.attempt(ctx, "$JS.API.DIRECT.GET."+r.stream, func(ctx context.Context) error {
		answers, err = r.link.requestMany(ctx, "$JS.API.DIRECT.GET."+r.stream, data)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	page, more, err = r.readPage(answers)
	if err != nil || len(page) > 0 || !more {
		return page, more, err
	}
	return r.leaderPage(ctx, q)
}

// leaderPage returns a page of one message, for a message that a direct get cannot return.
func (r reader) leaderPage(ctx context.Context, q getRequest) (page []message, more bool, err error) {
	m, err := r.leader(ctx, getRequest{NextFor: q.NextFor, Seq: q.Seq})
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return []message{m}, true, err
}

// readPage parses the answers to a direct get: messages, then a status. The page ends before a message with unreadable
// headers.
func (r reader) readPage(answers []*nats.Msg) (page []message, more bool, err error) {
	end := answers[len(answers)-1].Header
	switch status := statusOf(answers[len(answers)-1]); status {
	case "204":
	case "404":
		return nil, false, nil
	default:
		return nil, false, directError(r.stream, status, end.Get("Description"))
	}
	for _, m := range answers[:len(answers)-1] {
		stored, err := directMessage(m)
		if err != nil {
			return page, true, nil
		}
		page = append(page, stored)
	}
	return page, end.Get("Nats-Num-Pending") != "0", nil
}
