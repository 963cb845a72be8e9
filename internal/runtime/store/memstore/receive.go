package memstore

// Receiving wake-ups: groups of workflow ids, and the workers that own them.

import (
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

const (
	groups   = 8  // of workflow ids, each owned by one worker at a time
	prefetch = 64 // deliveries a worker takes per group before its handler had them
)

// lineName names the wake-ups of one group on one queue.
type lineName struct {
	queue string
	group int
}

func groupOf(id string) int { return int(hash(id) % groups) }

func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

func (i *inbox) line(queue string, group int) *line {
	name := lineName{queue, group}
	if i.lines[name] == nil {
		i.lines[name] = &line{}
	}
	return i.lines[name]
}

// Receive hands the wake-ups of opt.Queue to opt.Handler until ctx ends.
func (s *Store) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	ctx = s.lifeOf(ctx)
	for group := range groups {
		s.openLane(ctx, opt, group)
	}
	return nil
}

// lane is a worker's share in the wake-ups of one group.
type lane struct {
	ctx     context.Context
	to      *Store
	line    *line
	weight  uint64 // the heaviest worker of a group owns it: rendezvous hashing
	handler func(store.Wakeup)
	buffer  chan store.Wakeup
	busy    time.Time // since when the handler has been at one wake-up; zero if it is not
}

func (s *Store) openLane(ctx context.Context, opt store.ReceiveOptions, group int) {
	l := &lane{
		ctx:     ctx,
		to:      s,
		line:    s.inbox.line(opt.Queue, group),
		weight:  hash(opt.Worker, opt.Queue, strconv.Itoa(group)),
		handler: opt.Handler,
		buffer:  make(chan store.Wakeup, prefetch),
	}
	l.line.join(l)
	go l.run()
	l.line.handOut(s.Server)
}

// join adds t where its weight belongs.
func (l *line) join(t *lane) {
	at := slices.IndexFunc(l.takers, func(other taker) bool { return other.(*lane).weight < t.weight })
	if at < 0 {
		at = len(l.takers)
	}
	l.takers = slices.Insert(l.takers, at, taker(t))
}

// room reports whether the worker is alive and moves on. One that has been at a single wake-up for store.AckWait
// gets no more: others take its place.
func (l *lane) room() bool {
	stuck := !l.busy.IsZero() && time.Since(l.busy) >= store.AckWait
	return l.alive() && !stuck && len(l.buffer) < cap(l.buffer)
}

func (l *lane) alive() bool { return l.ctx.Err() == nil && !l.to.closed() }

func (l *lane) take(m *message) {
	letter := m.payload.(letter)
	l.buffer <- store.Wakeup{
		Queue:     letter.Queue,
		ID:        letter.ID,
		Timer:     letter.timer,
		Start:     letter.start,
		Seq:       m.seq,
		Data:      copyOf(letter.Data),
		Delivered: m.attempt,
		Settle:    &delivery{m: m, attempt: m.attempt, to: l.to, free: func() {}},
	}
}

// run passes the lane's wake-ups to the handler, one after the other.
func (l *lane) run() {
	defer l.end()
	for {
		select {
		case <-l.ctx.Done():
			return
		case w := <-l.buffer:
			l.setBusy(time.Now())
			if l.alive() {
				l.handler(w)
			}
			l.setBusy(time.Time{})
		}
	}
}

// setBusy notes what the handler does, and takes more if there is room now.
func (l *lane) setBusy(since time.Time) {
	l.to.mu.Lock()
	defer l.to.mu.Unlock()
	l.busy = since
	l.line.handOut(l.to.Server)
}

// end leaves the group to the other workers.
func (l *lane) end() {
	l.to.mu.Lock()
	defer l.to.mu.Unlock()
	l.line.leave(l)
	l.line.handOut(l.to.Server)
}
