// Reading the messages of several streams from the newest to the oldest. A stream can only be read forward, so it is read in
// windows of sequences, each before the one that was read last.

package natsstore

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// The sizes of windows, in sequences. The first one is small, because many readers want only a few messages. The second one
// is a page. From then on, they grow until a window holds many messages.
const (
	firstWindow  = 32
	windowLength = 2048 // in messages
)

// newestFirst returns the messages on subject, which may have wildcards, newest first. Then it returns the messages that were
// stored since it began: some of them may have taken the place of messages that it had not reached.
func (r reader) newestFirst(ctx context.Context, subject string) iter.Seq2[message, error] {
	return func(yield func(message, error) bool) {
		newest, err := r.last(ctx, subject)
		if errors.Is(err, store.ErrNotFound) {
			return
		}
		if err != nil {
			yield(message{}, err)
			return
		}
		size := uint64(firstWindow)
		for end := newest.Seq + 1; end > 1; {
			first := end - min(end-1, size)
			window, err := r.between(ctx, subject, first, end)
			if err != nil {
				yield(message{}, err)
				return
			}
			for _, m := range slices.Backward(window) {
				if !yield(m, nil) {
					return
				}
			}
			if len(window) < windowLength {
				size = max(pageMessages, size*2)
			}
			end = first
		}
		for m, err := range r.all(ctx, subject, newest.Seq+1) {
			if !yield(m, err) {
				return
			}
		}
	}
}

// between returns the messages on subject with sequences from first up to end, without end.
func (r reader) between(ctx context.Context, subject string, first, end uint64) (window []message, err error) {
	for m, err := range r.all(ctx, subject, first) {
		if err != nil {
			return nil, err
		}
		if m.Seq >= end {
			break
		}
		window = append(window, m)
	}
	return window, nil
}

// merge merges the messages of several streams, each of which is in the order of before.
func merge(streams []iter.Seq2[message, error], before func(a, b message) bool) iter.Seq2[message, error] {
	return func(yield func(message, error) bool) {
		var queues []*peeker
		for _, s := range streams {
			next, stop := iter.Pull2(s)
			defer stop()
			queues = append(queues, &peeker{next: next})
		}
		for {
			queues = slices.DeleteFunc(queues, (*peeker).advance)
			if len(queues) == 0 {
				return
			}
			first := queues[0]
			for _, q := range queues[1:] {
				if first.err == nil && (q.err != nil || before(q.head, first.head)) {
					first = q
				}
			}
			if !yield(first.head, first.err) || first.err != nil {
				return
			}
			first.filled = false
		}
	}
}

// newer reports whether a was stored after b.
func newer(a, b message) bool { return a.Time.After(b.Time) }

// peeker is a sequence of messages whose next one is known.
type peeker struct {
	next   func() (message, error, bool)
	head   message
	err    error
	filled bool
}

// advance fills the head if it was consumed, and reports whether the sequence has ended.
func (q *peeker) advance() (ended bool) {
	if q.filled {
		return false
	}
	q.head, q.err, q.filled = q.next()
	return !q.filled
}
