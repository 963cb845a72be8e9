package sched

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// run runs fn in the first coroutine of a scheduler, to its end, and gives what it noted.
func run(t *testing.T, fn func(s *Scheduler, note func(...any))) string {
	t.Helper()
	s := New()
	var notes []string
	s.Spawn(func() { fn(s, func(v ...any) { notes = append(notes, fmt.Sprint(v...)) }) })
	if p := s.Run(); p != nil {
		t.Fatalf("%v\n%s", p, p.Stack)
	}
	if left := s.Dump(); len(left) > 0 {
		t.Errorf("these still wait: %+v", left)
	}
	s.Kill()
	return strings.Join(notes, " ")
}

// caught is what fn panics with.
func caught(fn func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	fn()
	return
}

// TestMisusePanics: where Go would end the whole process, one run panics.
func TestMisusePanics(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		var (
			mu     sync.Mutex
			rw     sync.RWMutex
			wg     sync.WaitGroup
			g      struct{ _ int }
			closed = make(chan int)
			none   chan int
		)
		Close(s, closed)
		note(caught(func() { s.Unlock(&mu) }))
		note(caught(func() { s.UnlockRW(&rw) }))
		note(caught(func() { s.RUnlock(&rw) }))
		s.LockRW(&rw)
		note(caught(func() { s.RUnlock(&rw) }))
		s.UnlockRW(&rw)
		s.RLock(&rw)
		note(caught(func() { s.UnlockRW(&rw) }))
		s.RUnlock(&rw)
		note(caught(func() { s.Add(&wg, -1) }))
		note(caught(func() { Send(s, closed, 1) }))
		note(caught(func() { Select(s, OnSend(closed, 1)) }))
		note(caught(func() { Close(s, closed) }))
		note(caught(func() { Close(s, none) }))
		note(caught(func() { s.LockLocker(nil) }))
		s.GroupSetLimit(&g, 1)
		s.GroupGo(&g, func() error { s.Yield(); return nil })
		note(caught(func() { s.GroupSetLimit(&g, 2) }))
		note(s.GroupWait(&g))
	})
	want := strings.Join([]string{
		"sync: unlock of unlocked mutex", "sync: Unlock of unlocked RWMutex", "sync: RUnlock of unlocked RWMutex", "sync: RUnlock of unlocked RWMutex",
		"sync: Unlock of unlocked RWMutex", "sync: negative WaitGroup counter", "send on closed channel", "send on closed channel", "close of closed channel",
		"close of nil channel", "runtime error: invalid memory address or nil pointer dereference",
		"errgroup: modify limit while 1 goroutines in the group are still active", "<nil>",
	}, " ")
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCloseWakesEverybody(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		in, out := make(chan int), make(chan int)
		for i := range 2 {
			s.Spawn(func() { v, ok := Recv(s, in); note("receiver", i, v, ok) })
			s.Spawn(func() {
				c := OnRecv(in)
				Select(s, c, OnSend(out, 1))
				note(c.Value, c.OK)
			})
		}
		s.Spawn(func() { note(caught(func() { Send(s, out, 7) })) })
		s.Yield()
		Recv(s, out) // from the first select
		Close(s, in)
		Close(s, out)
		s.Yield()
	})
	if want := "0 false receiver0 0 false receiver1 0 false 0 false send on closed channel"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestWritersAndReaders: a writer that waits keeps new readers out, and lets those in who waited when it is done.
func TestWritersAndReaders(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		var rw sync.RWMutex
		s.RLock(&rw)
		s.Spawn(func() { s.LockRW(&rw); note("writer 1"); s.Yield(); s.UnlockRW(&rw) })
		s.Yield()
		note(s.TryRLock(&rw), s.TryLockRW(&rw))
		for i := range 2 {
			s.Spawn(func() { s.LockLocker(rw.RLocker()); note("reader ", i); s.UnlockLocker(rw.RLocker()) })
		}
		s.Spawn(func() { s.LockRW(&rw); note("writer 2"); s.UnlockRW(&rw) })
		s.Yield()
		s.RUnlock(&rw)
	})
	if want := "false false writer 1 reader 0 reader 1 writer 2"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

type account struct {
	name string
	sync.Mutex
}

type shared struct {
	*account
	sync.Once
}

// TestLockersOfStructs: whose Lock is promoted from an embedded mutex, that mutex is locked.
func TestLockersOfStructs(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		l := &shared{account: &account{name: "a"}}
		s.LockLocker(l)
		s.Spawn(func() { s.LockLocker(l.account); note("second"); s.UnlockLocker(l) })
		s.Yield()
		note("first")
		s.UnlockLocker(l)
	})
	if got != "first second" {
		t.Errorf("got %s", got)
	}
}

func TestOnceIsWaitedFor(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		var once sync.Once
		for i := range 3 {
			s.Spawn(func() {
				s.Once(&once, func() { once.Do(func() { note("begins"); s.Yield(); s.Yield(); note("ends") }) })
				note(i)
			})
		}
	})
	if got != "begins ends 0 1 2" {
		t.Errorf("got %s", got)
	}
}

func TestGroupLimits(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		var g struct{ _ int }
		s.GroupSetLimit(&g, 2)
		for i := range 4 {
			s.GroupGo(&g, func() error {
				note("+", i)
				s.Yield()
				note("-", i)
				return errors.New(fmt.Sprint("error ", i))
			})
		}
		note(s.GroupTryGo(&g, func() error { return nil }))
		note(s.GroupWait(&g))
		note(s.GroupTryGo(&g, func() error { return nil }))
		note(s.GroupWait(&g))
	})
	if want := "+0 +1 -0 -1 false +2 +3 -2 -3 error 0 true error 0"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A group that is done is forgotten, unless it knows something that the zero one does not.
func TestGroupsAreForgotten(t *testing.T) {
	got := run(t, func(s *Scheduler, note func(...any)) {
		type group struct{ _ int }
		for range 100 {
			g, cancelled := new(group), 0
			s.GroupCancel(g, func(error) { cancelled++ })
			s.GroupGo(g, func() error { return nil })
			if err := s.GroupWait(g); err != nil || cancelled != 1 {
				note(err, cancelled)
			}
		}
		note(len(s.groups.byKey))
		limited, failed := new(group), new(group)
		s.GroupSetLimit(limited, 1)
		s.GroupGo(failed, func() error { return errors.New("failed") })
		note(s.GroupWait(limited), s.GroupWait(failed))
		s.GroupGo(limited, func() error { return nil })
		note(s.GroupTryGo(limited, func() error { return nil }), s.GroupWait(failed))
	})
	if want := "0 <nil> failed false failed"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestPollingStarvesNobody: a loop that never waits lets the others go on, as it would in Go.
func TestPollingStarvesNobody(t *testing.T) {
	done := make(chan string, 1)
	go func() {
		done <- run(t, func(s *Scheduler, note func(...any)) {
			var mu sync.Mutex
			ch := make(chan int)
			s.Lock(&mu)
			s.Spawn(func() { s.Unlock(&mu); Send(s, ch, 1) })
			for !s.TryLock(&mu) {
			}
			for TrySelect(s, OnRecv(ch)) < 0 {
			}
			note("got it")
		})
	}()
	select {
	case got := <-done:
		if got != "got it" {
			t.Error(got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it polls forever")
	}
}

// TestNothingIsKept: what is not blocked leaves no trace in the scheduler.
func TestNothingIsKept(t *testing.T) {
	s := New()
	s.Spawn(func() {
		var mu sync.Mutex
		var rw sync.RWMutex
		var wg sync.WaitGroup
		cond := sync.NewCond(&mu)
		for range 3 {
			ch := make(chan int)
			s.GoIn(&wg, func() {
				s.Lock(&mu)
				s.CondWait(cond)
				s.Unlock(&mu)
				s.LockRW(&rw)
				s.UnlockRW(&rw)
				Send(s, ch, 1)
			})
			s.RLock(&rw)
			s.Yield()
			s.CondBroadcast(cond)
			s.Yield()
			s.RUnlock(&rw)
			Select(s, OnRecv(ch), OnRecv(make(chan int)))
			s.Wait(&wg)
		}
	})
	if p := s.Run(); p != nil {
		t.Fatal(p)
	}
	if n := len(s.blocked) + len(s.mutexes) + len(s.rwmutexes) + len(s.conds) + len(s.counts) + len(s.onces); n != 0 || !s.alive.Empty() {
		t.Errorf("%d entries are left", n)
	}
}
