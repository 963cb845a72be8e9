// Package testing stands in for Go's in tests that are turned into programs. It has what the tests of the standard library
// use, and does nothing that depends on the process.
package testing

import (
	"fmt"
	"runtime"
	"time"
)

// TB is what T has.
type TB interface {
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Fail()
	FailNow()
	Failed() bool
	Helper()
	Log(args ...any)
	Logf(format string, args ...any)
	Name() string
	Skip(args ...any)
	Skipf(format string, args ...any)
	SkipNow()
	Cleanup(f func())
}

// T is a test.
type T struct {
	name     string
	state    string
	lines    []string
	cleanups []func()
}

func (t *T) Log(args ...any)                   { t.lines = append(t.lines, fmt.Sprintln(args...)) }
func (t *T) Logf(format string, args ...any)   { t.lines = append(t.lines, fmt.Sprintf(format, args...)) }
func (t *T) Fail()                             { t.state = "FAIL" }
func (t *T) FailNow()                          { t.Fail(); runtime.Goexit() }
func (t *T) Failed() bool                      { return t.state == "FAIL" }
func (t *T) Error(args ...any)                 { t.Log(args...); t.Fail() }
func (t *T) Errorf(format string, args ...any) { t.Logf(format, args...); t.Fail() }
func (t *T) Fatal(args ...any)                 { t.Log(args...); t.FailNow() }
func (t *T) Fatalf(format string, args ...any) { t.Logf(format, args...); t.FailNow() }
func (t *T) SkipNow()                          { t.state = "skip"; runtime.Goexit() }
func (t *T) Skip(args ...any)                  { t.Log(args...); t.SkipNow() }
func (t *T) Skipf(format string, args ...any)  { t.Logf(format, args...); t.SkipNow() }
func (t *T) Name() string                      { return t.name }
func (t *T) Cleanup(f func())                  { t.cleanups = append(t.cleanups, f) }
func (*T) Helper()                             {}
func (*T) Parallel()                           {}

// Run runs a part of a test.
func (t *T) Run(name string, f func(t *T)) bool {
	part := &T{name: t.name + "/" + name, state: "ok"}
	part.run(f)
	if part.Failed() {
		t.lines = append(t.lines, part.lines...)
		t.Fail()
	}
	return !part.Failed()
}

// run runs f in a goroutine of its own, and waits for it for a minute.
func (t *T) run(f func(t *T)) {
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() {
			for _, f := range t.cleanups {
				f()
			}
			if r := recover(); r != nil {
				t.Errorf("panic: %v", r)
			}
		}()
		f(t)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("does not end")
	}
}

// Main runs a test and prints whether it fails.
func Main(name string, f func(t *T)) {
	t := &T{name: name, state: "ok"}
	t.run(f)
	fmt.Println(t.state, name)
	if t.Failed() {
		for _, line := range t.lines {
			fmt.Print("# ", line, "\n")
		}
	}
}

// Short reports that there is time.
func Short() bool { return true }

// Verbose reports that nobody reads what is logged.
func Verbose() bool { return false }
