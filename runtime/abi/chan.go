// This file replaces goroutines, channels and select in lowered code.

package abi

import "github.com/pawlhq/pawl/internal/runtime/sched"

// Go is the go statement.
func Go(run *Run, fn func()) { run.x.Scheduler().Spawn(fn) }

// Gosched is runtime.Gosched.
func Gosched(run *Run) { run.x.Scheduler().Yield() }

// Spin is called in each iteration of a loop that only ends when an atomic variable changes. In Go, other goroutines run in
// parallel to it. Before version 4 of the rules it did nothing.
func Spin(run *Run) {
	if run.x.Started.SchedulerVersion >= 4 {
		run.x.Scheduler().Spin()
	}
}

// Send is ch <- v.
func Send[T any](run *Run, ch chan<- T, v T) { sched.Send(run.x.Scheduler(), ch, v) }

// SendTo is Send for a value that must be converted to the type of the channel's elements.
func SendTo[T any](run *Run, ch chan<- T) func(T) { return func(v T) { Send(run, ch, v) } }

// Recv is <-ch.
func Recv[T any](run *Run, ch <-chan T) T {
	v, _ := sched.Recv(run.x.Scheduler(), ch)
	return v
}

// Recv2 is v, ok := <-ch.
func Recv2[T any](run *Run, ch <-chan T) (T, bool) { return sched.Recv(run.x.Scheduler(), ch) }

// Close is close(ch).
func Close[T any](run *Run, ch chan<- T) { sched.Close(run.x.Scheduler(), ch) }

// RangeChan begins a range over a channel.
func RangeChan[T any](run *Run, ch <-chan T) *ChanIter[T] {
	return &ChanIter[T]{s: run.x.Scheduler(), ch: ch}
}

// EachRecv is RangeChan for a loop with a variable per iteration, which Next fills.
func EachRecv[T any](run *Run, ch <-chan T) (value T, it *ChanIter[T]) {
	return value, RangeChan(run, ch)
}

// ChanIter is a range over a channel.
type ChanIter[T any] struct {
	_     [0]func() // cannot be compared: an equality function for each T would be compiled
	s     *sched.Scheduler
	ch    <-chan T
	value T
}

// Next waits for the next value and stores it in *v, or keeps it for Value if v is nil. When the channel is closed, it
// changes nothing and returns false.
func (it *ChanIter[T]) Next(v *T) (ok bool) {
	value, ok := sched.Recv(it.s, it.ch)
	if !ok {
		return false
	}
	if v != nil {
		*v = value
	} else {
		it.value = value
	}
	return true
}

// Value returns the value that Next received and kept.
func (it *ChanIter[T]) Value() T { return it.value }

type (
	// Case is one case of a select.
	Case = sched.Case
	// RecvCase is a case that receives.
	RecvCase[T any] = sched.RecvCase[T]
	// SendCase is a case that sends.
	SendCase[T any] = sched.SendCase[T]
)

// OnRecv is the case of a select that receives from ch.
func OnRecv[T any](ch <-chan T) *RecvCase[T] { return sched.OnRecv(ch) }

// OnSend is the case of a select that sends v to ch.
func OnSend[T any](ch chan<- T, v T) *SendCase[T] { return sched.OnSend(ch, v) }

// OnSendTo is OnSend for a value that must be converted to the type of the channel's elements.
func OnSendTo[T any](ch chan<- T) func(T) *SendCase[T] {
	return func(v T) *SendCase[T] { return OnSend(ch, v) }
}

// Select carries out the first case that is ready, and waits if none is. It returns the index of the case.
func Select(run *Run, cases ...Case) int { return sched.Select(run.x.Scheduler(), cases...) }

// TrySelect is Select with a default: it returns -1 instead of waiting.
func TrySelect(run *Run, cases ...Case) int { return sched.TrySelect(run.x.Scheduler(), cases...) }

// Block is select {}.
func Block(run *Run) { sched.Select(run.x.Scheduler()) }
