package sched

import (
	"fmt"
	"reflect"
	"runtime"
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
				say("%s begins", s.Current().Path())
				c := s.Current()
				s.Ready(c)
				s.Park("yield")
				say("%s ends %d", c.Path(), i)
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
	if s.Current() != nil || len(s.Dump()) != 0 {
		t.Errorf("something is left: %v", s.Dump())
	}
}

func TestParkedCoroutineGoesOnWhenReady(t *testing.T) {
	s := New()
	done := false
	c := s.Spawn(func() { s.Park("the event"); done = true })
	s.Run()
	if all := s.Dump(); done || len(all) != 1 || all[0].Path != "0" || all[0].Waiting != "the event" || !strings.Contains(names(all[0].Stack), "TestParkedCoroutineGoesOnWhenReady") {
		t.Fatalf("done %v, waiting %v", done, all)
	}
	s.Ready(c)
	s.Run()
	if !done {
		t.Error("it did not go on")
	}
}

// names are the functions on a stack.
func names(pcs []uintptr) (all string) {
	frames := runtime.CallersFrames(pcs)
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		all += f.Function + "\n"
	}
	return all
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
			s.Park("forever")
			log = append(log, name+" woke")
		})
	}
	s.Spawn(func() {
		defer func() { panic("in a defer") }()
		s.Park("forever")
	})
	s.Run()
	s.Spawn(func() { log = append(log, "late ran") })
	s.Kill()
	s.Kill()
	if want := []string{"a deferred", "b deferred"}; !reflect.DeepEqual(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
}
