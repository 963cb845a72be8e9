package pubsub

// Event buses: handlers are functions, and a lock guards the table of them.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// bus calls handlers by topic, in the order in which they were added.
type bus struct {
	sync.RWMutex
	handlers map[string][]func(string) error
	closed   bool
}

var errBusClosed = errors.New("bus is closed")

func (b *bus) on(topic string, f func(string) error) {
	b.Lock()
	defer b.Unlock()
	if b.handlers == nil {
		b.handlers = map[string][]func(string) error{}
	}
	b.handlers[topic] = append(b.handlers[topic], f)
}

// listeners are the handlers at this moment, so that they run without the lock.
func (b *bus) listeners(topic string) ([]func(string) error, error) {
	b.RLock()
	defer b.RUnlock()
	if b.closed {
		return nil, errBusClosed
	}
	return slices.Clone(b.handlers[topic]), nil
}

// emit calls the handlers one after the other.
func (b *bus) emit(topic, text string) error {
	all, err := b.listeners(topic)
	for _, f := range all {
		err = errors.Join(err, f(text))
	}
	return err
}

// shout calls the handlers all at once and waits for them.
func (b *bus) shout(topic, text string) error {
	all, err := b.listeners(topic)
	errs := make(chan error, len(all))
	for _, f := range all {
		go func() { errs <- f(text) }()
	}
	for range all {
		err = errors.Join(err, <-errs)
	}
	return err
}

func (b *bus) close() {
	b.Lock()
	b.closed = true
	b.Unlock()
}

// notes is a list that several goroutines write.
type notes struct {
	mu   sync.Mutex
	list []string
}

func (n *notes) add(v ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, fmt.Sprint(v...))
}

func (n *notes) sorted() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	slices.Sort(n.list)
	return strings.Join(n.list, " ")
}

func (n *notes) inOrder() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.list, " ")
}

// Synchronous handlers run in order, and may publish themselves.
//
//pawl:workflow
func Synchronous(ctx context.Context) (string, error) {
	var b bus
	var n notes
	b.on("order", func(s string) error { n.add("paid ", s); return b.emit("paid", s) })
	b.on("order", func(s string) error { n.add("logged ", s); return nil })
	b.on("paid", func(s string) error { n.add("shipped ", s); return nil })
	if err := b.emit("order", "42"); err != nil {
		return "", err
	}
	return n.inOrder(), nil
}

// Simultaneous handlers run each in a goroutine; what they note is sorted.
//
//pawl:workflow
func Simultaneous(ctx context.Context) (string, error) {
	b, n := new(bus), new(notes)
	for i := range 4 {
		b.on("tick", func(s string) error {
			n.add(s, i)
			return nil
		})
	}
	if err := b.shout("tick", "t"); err != nil {
		return "", err
	}
	return n.sorted(), nil
}

// Handlers call activities; the bus waits for the slowest and joins the errors.
//
//pawl:workflow
func Handlers(ctx context.Context) (string, error) {
	start := time.Now()
	var b bus
	var n notes
	for _, way := range []string{"letter", "mail", ""} {
		b.on("news", func(s string) error {
			text, err := Deliver(ctx, way, s)
			if err != nil {
				return err
			}
			n.add(text, "@", elapsed(start))
			return nil
		})
	}
	err := b.shout("news", "rain")
	if !errors.Is(err, ErrNoAddress) {
		return "", fmt.Errorf("one handler has no address, and the bus says %w", err)
	}
	return n.inOrder(), nil
}

// ClosedBus says so to who publishes too late.
//
//pawl:workflow
func ClosedBus(ctx context.Context) (string, error) {
	var b bus
	calls := 0
	b.on("x", func(string) error { calls++; return nil })
	first := b.emit("x", "")
	b.close()
	second := b.emit("x", "")
	return fmt.Sprint(calls, " ", first, " ", errors.Is(second, errBusClosed)), nil
}

// PanickingHandler is caught, and its message goes to the topic of the dead.
//
//pawl:workflow
func PanickingHandler(ctx context.Context) (string, error) {
	var b bus
	var n notes
	guarded := func(f func(string)) func(string) error {
		return func(s string) (err error) {
			defer func() {
				if v := recover(); v != nil {
					n.add("caught ", v)
					err = b.emit("dead", s)
				}
			}()
			f(s)
			return nil
		}
	}
	b.on("in", guarded(func(s string) {
		var table []int
		n.add("reads ", s)
		if s == "bad" {
			panic(fmt.Sprint("no row ", len(table)))
		}
	}))
	b.on("dead", func(s string) error { n.add("buried ", s); return nil })
	for _, s := range []string{"good", "bad"} {
		if err := b.shout("in", s); err != nil {
			return "", err
		}
	}
	return n.inOrder(), nil
}

// FirstHandler takes the event, and the others see that it is gone. Any of the three may be first.
//
//pawl:workflow
func FirstHandler(ctx context.Context) (string, error) {
	var b bus
	var claim sync.Once
	winner, claims := "", 0
	for _, name := range []string{"ann", "bob", "cid"} {
		b.on("job", func(string) error {
			time.Sleep(time.Minute)
			claim.Do(func() { winner = name; claims++ })
			return nil
		})
	}
	err := b.shout("job", "")
	return fmt.Sprint(winner, " ", claims), err
}
