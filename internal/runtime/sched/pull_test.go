package sched

import (
	"iter"
	"testing"
	"time"
)

// pull is iter.Pull as a coroutine of s calls it.
func pull(s *Scheduler, seq iter.Seq[int]) (next func() int, stop func()) {
	nativeNext, nativeStop := iter.Pull(func(yield func(int) bool) {
		seq(func(v int) bool {
			more := yield(v)
			s.Enter()
			return more
		})
	})
	p := s.Pull(nativeStop)
	return func() (v int) {
		p.Next(func() (ok bool) {
			v, ok = nativeNext()
			return ok
		})
		return v
	}, p.Stop
}

// waiting yields a number after each of its waits, which nothing ends.
func waiting(s *Scheduler) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
			s.Park("something")
		}
	}
}

// TestKillWhileAnIteratorWaits ends a run in which one coroutine waits within next, and an older one has deferred stop.
func TestKillWhileAnIteratorWaits(t *testing.T) {
	s, first, second := New(), -1, -1
	s.Spawn(func() {
		next, stop := pull(s, waiting(s))
		defer stop()
		s.Spawn(func() {
			first = next()
			second = next()
		})
		s.Park("the other one")
	})
	if p := s.Run(); p != nil {
		t.Fatal(p)
	}
	killInTime(t, s)
	if first != 0 || second != -1 {
		t.Errorf("next gave %d, then %d; want 0, and nothing", first, second)
	}
}

// TestKillEndsIterators: iterators that are not stopped leak no goroutine (TestMain checks), whatever they do with yield.
func TestKillEndsIterators(t *testing.T) {
	s := New()
	s.Spawn(func() {
		pull(s, waiting(s)) // not begun
		idle, _ := pull(s, waiting(s))
		deaf, _ := pull(s, func(yield func(int) bool) {
			for {
				yield(1)
			}
		})
		if got := idle() + deaf(); got != 1 {
			t.Errorf("got %d, want 0 and 1", got)
		}
	})
	if p := s.Run(); p != nil {
		t.Fatal(p)
	}
	killInTime(t, s)
}

// TestIteratorIsNotShared: next and stop panic while another coroutine is in next, and work again afterwards.
func TestIteratorIsNotShared(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		var asleep *Coroutine
		next, stop := pull(s, func(yield func(int) bool) {
			asleep = s.Current()
			s.Park("the other one")
			yield(7)
		})
		s.Spawn(func() { note(next()) })
		s.Yield()
		note(caught(func() { next() }))
		note(caught(stop))
		s.Ready(asleep)
		s.Yield()
		note(next())
		stop()
	})
	const misuse = "iter.Pull: next or stop called while another goroutine is in next"
	if want := misuse + " " + misuse + " 7 0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func killInTime(t *testing.T, s *Scheduler) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		s.Kill()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("Kill does not come to an end")
	}
}
