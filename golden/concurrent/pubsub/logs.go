package pubsub

// Logs and observables: subscribers that read at their own pace, or come and go while something is published.

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// journal is a list that only grows. Who has read all of it waits for the channel to be closed.
type journal[T any] struct {
	mu      sync.Mutex
	entries []T
	grown   chan struct{}
	ended   bool
}

func newJournal[T any]() *journal[T] { return &journal[T]{grown: make(chan struct{})} }

func (j *journal[T]) append(v T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, v)
	close(j.grown)
	j.grown = make(chan struct{})
}

func (j *journal[T]) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
	close(j.grown)
}

// from gives what was appended at offset or after it, and waits if there is nothing yet. At the end it is empty.
func (j *journal[T]) from(offset int) []T {
	for {
		j.mu.Lock()
		rest, grown, ended := slices.Clone(j.entries[offset:]), j.grown, j.ended
		j.mu.Unlock()
		if len(rest) > 0 || ended {
			return rest
		}
		<-grown
	}
}

// Offsets lets three readers begin at different places of a growing journal.
//
//pawl:workflow
func Offsets(ctx context.Context) (string, error) {
	j := newJournal[int]()
	j.append(10)
	j.append(20)
	var wg sync.WaitGroup
	got := make([][]int, 3)
	for offset := range got {
		wg.Add(1)
		go func(offset int, into *[]int) {
			defer wg.Done()
			for {
				more := j.from(offset)
				if len(more) == 0 {
					return
				}
				*into = append(*into, more...)
				offset += len(more)
			}
		}(offset, &got[offset])
	}
	for v := 30; v <= 50; v += 10 {
		time.Sleep(time.Hour)
		j.append(v)
	}
	j.end()
	wg.Wait()
	return fmt.Sprint(got), nil
}

// observable calls its observers; each gets a function to leave by.
type observable[T any] struct {
	observers map[int]func(T)
	next      int
}

func (o *observable[T]) observe(f func(T)) (leave func()) {
	if o.observers == nil {
		o.observers = make(map[int]func(T))
	}
	id := o.next
	o.next++
	o.observers[id] = f
	return sync.OnceFunc(func() { delete(o.observers, id) })
}

func (o *observable[T]) emit(v T) {
	for id := range o.next {
		if f := o.observers[id]; f != nil {
			f(v)
		}
	}
}

// Observers leave while they are called, also twice, and make others leave.
//
//pawl:workflow
func Observers(ctx context.Context) (string, error) {
	var o observable[int]
	var log []string
	var leaveSecond func()
	leaveFirst := o.observe(func(v int) {
		log = append(log, fmt.Sprint("first ", v))
		if v == 2 {
			leaveSecond()
		}
	})
	leaveSecond = o.observe(func(v int) { log = append(log, fmt.Sprint("second ", v)) })
	o.observe(func(v int) {
		if v == 3 {
			leaveFirst()
			leaveFirst()
		}
	})
	for v := range 5 {
		o.emit(v)
	}
	return fmt.Sprint(log, len(o.observers)), nil
}

// BoundToContext ends a subscription when the context of the subscriber does.
//
//pawl:workflow
func BoundToContext(ctx context.Context) (string, error) {
	b := newBroker[int]()
	subscribe := func(ctx context.Context) (<-chan int, func() bool) {
		s := b.subscribe(9)
		return s, context.AfterFunc(ctx, func() { b.detach <- s })
	}
	short, cancel := context.WithTimeout(ctx, 150*time.Minute)
	defer cancel()
	first, _ := subscribe(short)
	second, stop := subscribe(ctx)
	for v := range 5 {
		b.publish(v)
		time.Sleep(time.Hour)
	}
	stopped := stop()
	b.close()
	return fmt.Sprint(drain(first), drain(second), stopped), nil
}

// ChannelOfChannels lets subscribers bring their own channel for each message they are ready for.
//
//pawl:workflow
func ChannelOfChannels(ctx context.Context) (string, error) {
	ready := make(chan chan<- string)
	var wg sync.WaitGroup
	totals := make([]int, 2)
	for i := range totals {
		wg.Go(func() {
			inbox := make(chan string)
			for {
				ready <- inbox
				m, ok := <-inbox
				if !ok {
					return
				}
				totals[i] += len(m)
			}
		})
	}
	for _, m := range []string{"a", "bb", "ccc", "dddd"} {
		inbox := <-ready
		inbox <- m
	}
	for range totals {
		close(<-ready)
	}
	wg.Wait()
	return fmt.Sprint("letters ", totals[0]+totals[1]), nil
}

// Conflated keeps only the newest value for a reader that sleeps. After five minutes both sides are awake, so the second
// value may be 4 or 5.
//
//pawl:workflow
func Conflated(ctx context.Context) (string, error) {
	latest := make(chan int, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for v := range 10 {
			select {
			case <-latest: // an unread value is out of date
			default:
			}
			latest <- v
			time.Sleep(time.Minute)
		}
	}()
	var got []int
	for range 3 {
		time.Sleep(150 * time.Second)
		got = append(got, <-latest)
	}
	<-done
	return fmt.Sprint(got, len(latest)), nil
}
