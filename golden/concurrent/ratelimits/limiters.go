package ratelimits

// Limiters as types, which compute when the next may go.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bucket is a token bucket that computes its tokens from the time that has passed.
type bucket struct {
	mu     sync.Mutex
	size   int
	tokens int
	every  time.Duration
	last   time.Time
}

func newBucket(size int, every time.Duration) *bucket {
	return &bucket{size: size, tokens: size, every: every, last: time.Now()}
}

// reserve takes a token, and gives the time to wait until it is there.
func (b *bucket) reserve() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	periods := int(time.Since(b.last) / b.every)
	b.last = b.last.Add(time.Duration(periods) * b.every)
	b.tokens = min(b.size, b.tokens+periods) - 1
	if b.tokens >= 0 {
		return 0
	}
	return time.Until(b.last.Add(time.Duration(-b.tokens) * b.every))
}

// allow takes a token only if there is one.
func (b *bucket) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	periods := int(time.Since(b.last) / b.every)
	b.last = b.last.Add(time.Duration(periods) * b.every)
	b.tokens = min(b.size, b.tokens+periods)
	if b.tokens == 0 {
		return false
	}
	b.tokens--
	return true
}

// wait takes a token and waits for it, unless the context would end before.
func (b *bucket) wait(ctx context.Context) error {
	pause := b.reserve()
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		return errors.New("would exceed the deadline")
	}
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Reserved makes eight calls with a bucket of three that gets a token every ten seconds.
//
//pawl:workflow
func Reserved(ctx context.Context) (string, error) {
	l, b := newLog(), newBucket(3, 10*time.Second)
	for i := range 8 {
		if i == 5 {
			time.Sleep(25 * time.Second)
		}
		time.Sleep(b.reserve())
		l.add(fmt.Sprint(i))
	}
	return l.text(), nil
}

// Allowed counts who may pass among those who come twice a second, for a rate of one in two seconds.
//
//pawl:workflow
func Allowed(ctx context.Context) (string, error) {
	b := newBucket(2, 2*time.Second)
	var pattern strings.Builder
	for range 20 {
		time.Sleep(500 * time.Millisecond)
		if b.allow() {
			pattern.WriteByte('|')
		} else {
			pattern.WriteByte('.')
		}
	}
	return pattern.String(), nil
}

// Competing lets nine goroutines wait on one bucket: when they pass is known, who passes is not told.
//
//pawl:workflow
func Competing(ctx context.Context) (string, error) {
	start, b := time.Now(), newBucket(2, time.Minute)
	passed := make(chan time.Duration, 9)
	var wg sync.WaitGroup
	for range cap(passed) {
		wg.Go(func() {
			if b.wait(ctx) == nil {
				passed <- time.Since(start)
			}
		})
	}
	wg.Wait()
	close(passed)
	var times []time.Duration
	for d := range passed {
		times = append(times, d)
	}
	slices.Sort(times)
	return fmt.Sprint(times), nil
}

// Hopeless does not even wait for a token that would come after the deadline.
//
//pawl:workflow
func Hopeless(ctx context.Context) (string, error) {
	ctx, cancel := context.WithDeadline(ctx, time.Now().Add(150*time.Minute))
	defer cancel()
	l, b := newLog(), newBucket(1, time.Hour)
	for {
		if err := b.wait(ctx); err != nil {
			l.add(err.Error())
			return l.text(), nil
		}
		l.add("passed")
	}
}

// sliding allows a number of events in any window of time.
type sliding struct {
	window time.Duration
	limit  int
	times  []time.Time
}

// next removes what is out of the window, and gives the time until there is room for one more.
func (s *sliding) next() time.Duration {
	s.times = slices.DeleteFunc(s.times, func(t time.Time) bool { return time.Since(t) >= s.window })
	if len(s.times) < s.limit {
		return 0
	}
	return s.window - time.Since(s.times[0])
}

// Sliding remembers when things happened, and waits until the oldest is out of the window.
//
//pawl:workflow
func Sliding(ctx context.Context) (string, error) {
	l, s := newLog(), &sliding{window: time.Minute, limit: 2}
	for i := range 6 {
		for d := s.next(); d > 0; d = s.next() {
			time.Sleep(d)
		}
		s.times = append(s.times, time.Now())
		l.add(fmt.Sprint(i))
		time.Sleep(13 * time.Second)
	}
	return l.text(), nil
}

// leaky drains a queue at a constant rate. What does not fit spills.
type leaky struct {
	drops   chan string
	spilled atomic.Int32
}

func (l *leaky) pour(drop string) {
	select {
	case l.drops <- drop:
	default:
		l.spilled.Add(1)
	}
}

func (l *leaky) leak(every time.Duration, each func(string)) {
	for drop := range l.drops {
		each(drop)
		time.Sleep(every)
	}
}

// Leaky pours faster than the bucket leaks.
//
//pawl:workflow
func Leaky(ctx context.Context) (string, error) {
	l := newLog()
	b := &leaky{drops: make(chan string, 3)}
	var wg sync.WaitGroup
	wg.Go(func() { b.leak(33*time.Second, l.add) })
	for i := range 10 {
		b.pour(fmt.Sprint(i))
		time.Sleep(10 * time.Second)
	}
	close(b.drops)
	wg.Wait()
	return fmt.Sprintf("%s, %d spilled", l.text(), b.spilled.Load()), nil
}

// Keyed has a limiter for each customer, made on first use.
//
//pawl:workflow
func Keyed(ctx context.Context) (string, error) {
	var buckets sync.Map
	limiter := func(customer string) *bucket {
		b, _ := buckets.LoadOrStore(customer, newBucket(1, time.Hour))
		return b.(*bucket)
	}
	var mu sync.Mutex
	passed := map[string]int{}
	var wg sync.WaitGroup
	for customer, calls := range map[string]int{"ann": 3, "bob": 1, "cy": 5} {
		wg.Go(func() {
			for range calls {
				time.Sleep(25 * time.Minute)
				if !limiter(customer).allow() {
					continue
				}
				mu.Lock()
				passed[customer]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(passed), nil
}

// Throttle makes a function that calls f at most once in each period, and forgets the calls between.
func Throttle[T any](period time.Duration, f func(T)) func(T) {
	var last time.Time
	return func(v T) {
		if !last.IsZero() && time.Since(last) < period {
			return
		}
		last = time.Now()
		f(v)
	}
}

// Throttled wraps a function.
//
//pawl:workflow
func Throttled(ctx context.Context) (string, error) {
	l := newLog()
	say := Throttle(time.Minute, l.add)
	for _, word := range strings.Fields("one two three four five six") {
		say(word)
		time.Sleep(25 * time.Second)
	}
	return l.text(), nil
}
