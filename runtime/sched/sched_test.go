package sched

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTurnsAreFirstInFirstOut(t *testing.T) {
	s := New()
	var log []string
	say := func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }
	s.Spawn(func() {
		for i := range 3 {
			s.Spawn(func() {
				say("%s begins", s.Current().Path)
				c := s.Current()
				s.Ready(c)
				s.Park("yield")
				say("%s ends %d", c.Path, i)
			})
		}
		say("main done")
	})
	if p := s.Run(); p != nil {
		t.Fatal(p)
	}
	want := []string{"main done", "0.0 begins", "0.1 begins", "0.2 begins", "0.0 ends 0", "0.1 ends 1", "0.2 ends 2"}
	if !reflect.DeepEqual(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
	if s.Current() != nil || len(s.Waiting()) != 0 {
		t.Errorf("something is left: %v", s.Waiting())
	}
}

func TestParkedCoroutineGoesOnWhenReady(t *testing.T) {
	s := New()
	done := false
	c := s.Spawn(func() { s.Park("the event"); done = true })
	s.Run()
	if done || len(s.Waiting()) != 1 || s.Waiting()[0] != "coroutine 0: the event" {
		t.Fatalf("done %v, waiting %v", done, s.Waiting())
	}
	s.Ready(c)
	s.Run()
	if !done {
		t.Error("it did not go on")
	}
}

func TestPanicIsReturnedWithItsStack(t *testing.T) {
	s := New()
	s.Spawn(func() { panicsHere() })
	s.Spawn(func() { t.Error("ran after the panic") })
	p := s.Run()
	if p == nil || p.Value != "boom" || !strings.Contains(string(p.Stack), "panicsHere") {
		t.Errorf("got %v", p)
	}
	s.Kill()
}

func panicsHere() { panic("boom") }

func TestKillRunsDefersInOrderOfCreationAndNothingElse(t *testing.T) {
	s := New()
	var log []string
	for _, name := range []string{"a", "b"} {
		s.Spawn(func() {
			defer func() {
				recover()
				log = append(log, name+" deferred")
				s.Park("from a defer")
				log = append(log, name+" went on")
			}()
			s.Park("for ever")
			log = append(log, name+" woke")
		})
	}
	s.Spawn(func() {
		defer func() { panic("in a defer") }()
		s.Park("for ever")
	})
	s.Run()
	s.Spawn(func() { log = append(log, "late ran") })
	s.Kill()
	s.Kill()
	if want := []string{"a deferred", "b deferred"}; !reflect.DeepEqual(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
}
