package natsstore

// Reading messages of a stream by subject.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/runtime/store"
)

// message is a message as a stream keeps it.
type message struct {
	Subject string
	Seq     uint64
	Time    time.Time
	Header  nats.Header
	Data    []byte
}

// getRequest is what the server is asked for, directly or through the leader.
type getRequest struct {
	Seq      uint64 `json:"seq,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// reader reads one stream. Any replica answers a direct get, perhaps with what was true a moment ago; a stream with
// replicas is asked through its leader where that matters.
type reader struct {
	link       *link
	stream     string
	replicated bool
}

func (s *Store) reader(from *stream) reader {
	return reader{link: s.link, stream: from.name, replicated: s.opt.Replicas > 1}
}

// last returns the newest message on subject, never a stale one; store.ErrNotFound if there is none.
func (r reader) last(ctx context.Context, subject string) (message, error) {
	return r.fresh(ctx, getRequest{LastFor: subject})
}

// next returns the first message on subject at or after seq, never a stale one; store.ErrNotFound if there is none.
func (r reader) next(ctx context.Context, subject string, seq uint64) (message, error) {
	return r.fresh(ctx, getRequest{NextFor: subject, Seq: max(seq, 1)})
}

func (r reader) fresh(ctx context.Context, q getRequest) (m message, err error) {
	get := r.direct
	if r.replicated {
		get = r.leader
	}
	err = r.link.persist(ctx, func() error {
		m, err = get(ctx, q)
		return err
	})
	return m, err
}

// direct asks whichever replica is at hand.
func (r reader) direct(ctx context.Context, q getRequest) (message, error) {
	reply, err := r.ask(ctx, "$JS.API.DIRECT.GET."+r.stream, q)
	if err != nil {
		return message{}, err
	}
	if status := reply.Header.Get("Status"); status != "" {
		return message{}, directError(r.stream, status, reply.Header.Get("Description"))
	}
	return directMessage(reply)
}

// leader asks the stream's leader.
func (r reader) leader(ctx context.Context, q getRequest) (message, error) {
	reply, err := r.ask(ctx, "$JS.API.STREAM.MSG.GET."+r.stream, q)
	if err != nil {
		return message{}, err
	}
	return leaderMessage(reply.Data)
}

func (r reader) ask(ctx context.Context, subject string, q getRequest) (*nats.Msg, error) {
	data, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	return r.link.request(ctx, &nats.Msg{Subject: subject, Data: data})
}

func directError(stream, status, description string) error {
	if status == "404" {
		return store.ErrNotFound
	}
	return fmt.Errorf("NATS refuses to read stream %s: %s %s", stream, status, description)
}

// directMessage reads the answer to a direct get: the message itself, its place in headers.
func directMessage(m *nats.Msg) (message, error) {
	seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return message{}, fmt.Errorf("read the sequence of a stored message: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp"))
	if err != nil {
		return message{}, fmt.Errorf("read the time of a stored message: %w", err)
	}
	return message{Subject: m.Header.Get("Nats-Subject"), Seq: seq, Time: at, Header: m.Header, Data: m.Data}, nil
}

// leaderMessage reads the leader's answer: JSON with the message inside.
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
		return message{}, fmt.Errorf("read a stored message: %w", err)
	}
	if answer.Error != nil {
		return message{}, apiError(answer.Error)
	}
	m := message{Subject: answer.Message.Subject, Seq: answer.Message.Seq, Time: answer.Message.Time, Data: answer.Message.Data}
	if len(answer.Message.Hdrs) == 0 {
		return m, nil
	}
	h, err := nats.DecodeHeadersMsg(answer.Message.Hdrs)
	m.Header = h
	return m, err
}

// A page is what one direct get may bring at most.
const (
	pageMessages = 256
	pageBytes    = 4 << 20
)

// scan calls yield with the messages on subject, which may have wildcards, from sequence seq on until it returns
// false. It reads whichever replica is at hand.
func (r reader) scan(ctx context.Context, subject string, seq uint64, yield func(message) bool) error {
	for {
		page, more, err := r.page(ctx, subject, seq)
		if err != nil {
			return err
		}
		for _, m := range page {
			if !yield(m) {
				return nil
			}
			seq = m.Seq + 1
		}
		if !more {
			return nil
		}
	}
}

// page reads some messages in one request and tells whether there are more.
func (r reader) page(ctx context.Context, subject string, seq uint64) (page []message, more bool, err error) {
	err = r.link.persist(ctx, func() error {
		page, more, err = r.pageOnce(ctx, subject, seq)
		return err
	})
	return page, more, err
}

func (r reader) pageOnce(ctx context.Context, subject string, seq uint64) ([]message, bool, error) {
	session, err := r.link.await(ctx)
	if err != nil {
		return nil, false, err
	}
	attempt, cancel := context.WithTimeout(session, attemptTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	page, more, err := r.collect(attempt, getRequest{NextFor: subject, Seq: max(seq, 1), Batch: pageMessages, MaxBytes: pageBytes})
	if err != nil && attempt.Err() != nil {
		err = r.link.failure(ctx, session, "stream "+r.stream, err)
	}
	return page, more, err
}

// collect sends a direct get that has many answers and reads them up to the mark that ends them.
func (r reader) collect(ctx context.Context, q getRequest) (page []message, more bool, err error) {
	data, err := json.Marshal(q)
	if err != nil {
		return nil, false, err
	}
	answers, err := r.link.askMany("$JS.API.DIRECT.GET."+r.stream, data)
	if err != nil {
		return nil, false, &transientError{err}
	}
	defer answers.close()
	for {
		m, err := answers.next(ctx)
		if err != nil {
			return nil, false, requestError("stream "+r.stream, err)
		}
		switch status := m.Header.Get("Status"); status {
		case "":
			stored, err := directMessage(m)
			if err != nil {
				return nil, false, err
			}
			page = append(page, stored)
		case "204":
			return page, m.Header.Get("Nats-Num-Pending") != "0", nil
		default:
			err := directError(r.stream, status, m.Header.Get("Description"))
			if errors.Is(err, store.ErrNotFound) {
				return nil, false, nil
			}
			return nil, false, err
		}
	}
}
