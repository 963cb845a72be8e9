package pubsub

// Topics: filters, wildcards, retained messages, priorities, groups of consumers.

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// event is a message on a topic.
type event struct {
	topic string
	value int
}

// subscription takes the events whose topic matches a pattern and that a filter lets through.
type subscription struct {
	pattern string
	filter  func(event) bool
	events  chan event
}

func (s *subscription) wants(e event) bool {
	ok, err := path.Match(s.pattern, e.topic)
	return err == nil && ok && (s.filter == nil || s.filter(e))
}

// exchange passes events on until its input is closed.
func exchange(in <-chan event, subs ...*subscription) {
	for e := range in {
		for _, s := range subs {
			if s.wants(e) {
				s.events <- e
			}
		}
	}
	for _, s := range subs {
		close(s.events)
	}
}

// Wildcards match topics by pattern, and a filter looks at the value.
//
//pawl:workflow
func Wildcards(ctx context.Context) (string, error) {
	subs := []*subscription{
		{pattern: "room/*", events: make(chan event)},
		{pattern: "*/warm", filter: func(e event) bool { return e.value > 20 }, events: make(chan event)},
		{pattern: "attic", events: make(chan event, 1)},
	}
	in := make(chan event)
	go exchange(in, subs...)
	go func() {
		defer close(in)
		for i, topic := range []string{"room/warm", "room/cold", "attic/warm", "attic"} {
			in <- event{topic, 19 + i}
		}
	}()
	var wg sync.WaitGroup
	sums := make([]string, len(subs))
	for i, s := range subs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for e := range s.events {
				sums[i] += fmt.Sprint("[", e.topic, " ", e.value, "]")
			}
		}()
	}
	wg.Wait()
	return strings.Join(sums, " | "), nil
}

// retained remembers the last value of a topic for those who come later.
type retained struct {
	mu   sync.Mutex
	last *int
	subs []chan int
}

func (r *retained) set(v int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = &v
	for _, s := range r.subs {
		s <- v
	}
}

func (r *retained) watch() <-chan int {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := make(chan int, 8)
	if r.last != nil {
		s <- *r.last
	}
	r.subs = append(r.subs, s)
	return s
}

// Retained gives a late watcher the value that was set last.
//
//pawl:workflow
func Retained(ctx context.Context) (string, error) {
	var r retained
	before := r.watch()
	r.set(1)
	r.set(2)
	after := r.watch()
	r.set(3)
	return fmt.Sprint(len(before), " ", len(after), " ", <-before, " ", <-after, " ", <-after), nil
}

// Priorities reads what is urgent before anything else, as long as there is some.
//
//pawl:workflow
func Priorities(ctx context.Context) (string, error) {
	urgent, normal := make(chan string, 3), make(chan string, 3)
	for i := range 3 {
		normal <- fmt.Sprint("n", i)
		urgent <- fmt.Sprint("u", i)
	}
	close(urgent)
	close(normal)
	var order []string
	for normal != nil {
		select {
		case s, ok := <-urgent:
			if ok {
				order = append(order, s)
				continue
			}
			urgent = nil
		default:
		}
		select {
		case s, ok := <-urgent:
			if ok {
				order = append(order, s)
			}
		case s, ok := <-normal:
			if !ok {
				normal = nil
				continue
			}
			order = append(order, s)
		}
	}
	return strings.Join(order, " "), nil
}

// ConsumerGroups share the messages inside of a group; each group has them all.
//
//pawl:workflow
func ConsumerGroups(ctx context.Context) (string, error) {
	var seen [2]atomic.Int64
	groups := []chan int{make(chan int), make(chan int, 2)}
	var members sync.WaitGroup
	for g, ch := range groups {
		for range 1 + g*2 {
			members.Go(func() {
				for v := range ch {
					seen[g].Add(int64(v))
				}
			})
		}
	}
	for v := range 10 {
		for _, ch := range groups {
			ch <- v
		}
	}
	for _, ch := range groups {
		close(ch)
	}
	members.Wait()
	return fmt.Sprint(seen[0].Load(), " ", seen[1].Load()), nil
}

// TwoTopics are merged until both are closed; a closed one is set to nil.
//
//pawl:workflow
func TwoTopics(ctx context.Context) (string, error) {
	odd, even := make(chan int), make(chan int)
	feed := func(ch chan<- int, from int) {
		for v := from; v < 8; v += 2 {
			ch <- v
		}
		close(ch)
	}
	go feed(odd, 1)
	go feed(even, 0)
	var all []int
	closings := 0
	for odd != nil || even != nil {
		var v int
		var ok bool
		var from *chan int
		select {
		case v, ok = <-odd:
			from = &odd
		case v, ok = <-even:
			from = &even
		}
		if !ok {
			*from = nil
			closings++
			continue
		}
		all = append(all, v)
	}
	slices.Sort(all)
	return fmt.Sprint(all, closings), nil
}

// question is a message with a place for the answer.
type question struct {
	text    string
	seconds int
	reply   chan<- string
}

// RequestReply asks a service twice; the second answer comes too late.
//
//pawl:workflow
func RequestReply(ctx context.Context) (string, error) {
	start := time.Now()
	questions := make(chan question)
	served := make(chan error, 1)
	go func() {
		for q := range questions {
			answer, err := Answer(ctx, q.text, q.seconds)
			if err != nil {
				served <- err
				return
			}
			q.reply <- answer
		}
		served <- nil
	}()
	ask := func(text string, seconds int) string {
		reply := make(chan string, 1) // the service never waits for who has gone
		questions <- question{text, seconds, reply}
		select {
		case a := <-reply:
			return a
		case <-time.After(5 * time.Second):
			return "no answer"
		}
	}
	log := []string{ask("how", 2), ask("why", 20)}
	close(questions)
	err := <-served
	return fmt.Sprint(log, elapsed(start)), err
}

// Acknowledged delivers again what was not acknowledged within ten seconds.
//
//pawl:workflow
func Acknowledged(ctx context.Context) (string, error) {
	start := time.Now()
	type delivery struct {
		text    string
		attempt int
		ack     chan struct{}
	}
	out := make(chan delivery)
	go func() {
		defer close(out)
		for _, text := range []string{"a", "b"} {
		redeliver:
			for attempt := 1; ; attempt++ {
				d := delivery{text, attempt, make(chan struct{})}
				out <- d
				select {
				case <-d.ack:
					break redeliver
				case <-time.After(10 * time.Second):
				}
			}
		}
	}()
	var log []string
	for d := range out {
		log = append(log, fmt.Sprint(d.text, d.attempt, "@", elapsed(start)))
		if d.text == "b" || d.attempt == 3 {
			close(d.ack)
		}
	}
	return strings.Join(log, " "), nil
}

// Batches are archived when they are full or when nothing has come for a minute.
//
//pawl:workflow
func Batches(ctx context.Context) (string, error) {
	in := make(chan int)
	go func() {
		defer close(in)
		for i := range 8 {
			in <- i
			if i == 4 {
				time.Sleep(90 * time.Second)
			}
		}
	}()
	var batch, sizes []int
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		n, err := Archive(ctx, batch)
		sizes, batch = append(sizes, n), nil
		return err
	}
	for {
		var err error
		select {
		case v, ok := <-in:
			if !ok {
				return fmt.Sprint(sizes), flush()
			}
			if batch = append(batch, v); len(batch) == 3 {
				err = flush()
			}
		case <-time.After(time.Minute):
			err = flush()
		}
		if err != nil {
			return "", err
		}
	}
}
