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

// Log adds a line to the log.
func (t *T) Log(args ...any) { t.lines = append(t.lines, fmt.Sprintln(args...)) }

// Logf adds a formatted line to the log.
func (t *T) Logf(format string, args ...any) { t.lines = append(t.lines, fmt.Sprintf(format, args...)) }

// Fail marks the test as failed.
func (t *T) Fail() { t.state = "FAIL" }

// FailNow marks the test as failed and ends it.
func (t *T) FailNow() { t.Fail(); runtime.Goexit() }

// Failed reports whether the test has failed.
func (t *T) Failed() bool { return t.state == "FAIL" }

// Error is Log and Fail.
func (t *T) Error(args ...any) { t.Log(args...); t.Fail() }

// Errorf is Logf and Fail.
func (t *T) Errorf(format string, args ...any) { t.Logf(format, args...); t.Fail() }

// Fatal is Log and FailNow.
func (t *T) Fatal(args ...any) { t.Log(args...); t.FailNow() }

// Fatalf is Logf and FailNow.
func (t *T) Fatalf(format string, args ...any) { t.Logf(format, args...); t.FailNow() }

// SkipNow ends the test as skipped.
func (t *T) SkipNow() { t.state = "skip"; runtime.Goexit() }

// Skip is Log and SkipNow.
func (t *T) Skip(args ...any) { t.Log(args...); t.SkipNow() }

// Skipf is Logf and SkipNow.
func (t *T) Skipf(format string, args ...any) { t.Logf(format, args...); t.SkipNow() }

// Name is the name of the test.
func (t *T) Name() string { return t.name }

// Cleanup has f called when the test has ended.
func (t *T) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

// Helper does nothing.
func (*T) Helper() {}

// Parallel does nothing: tests run one after the other.
func (*T) Parallel() {}

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

// Verbose reports false: what is logged is not read.
func Verbose() bool { return false }
