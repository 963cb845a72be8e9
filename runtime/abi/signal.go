// This file is the signals of a workflow: channels that it takes.

package abi

import (
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// Channel describes a channel that a workflow takes, of signals or of updates.
type Channel struct {
	Name   string // of the parameter
	Update bool
	// Check reports what is wrong with a value that somebody has sent.
	Check func(value history.Payload) error
}

// SignalOf describes a channel of signals with values of type T.
func SignalOf[T any](name string) Channel {
	return Channel{Name: name, Check: func(value history.Payload) error { return payloads.Decode(value, new(T)) }}
}

// Signals makes the channel on which a run receives signals. Its buffer has no limit.
func Signals[T any](run *Run, name string) <-chan T {
	s := signals[T]{run.x.Scheduler(), make(chan T)}
	run.receive(name, s)
	return s.ch
}

// receive has a receiver get what is sent under a name.
func (r *Run) receive(name string, to replay.Receiver) {
	if err := r.x.SetReceiver(name, to); err != nil {
		r.x.Fail(err)
	}
}

// signals hands signals to a channel.
type signals[T any] struct {
	s  *sched.Scheduler
	ch chan T
}

// Receive implements replay.Receiver.
func (s signals[T]) Receive(_ string, value history.Payload) error {
	var v T
	if err := payloads.Decode(value, &v); err != nil {
		return err
	}
	sched.Deliver(s.s, s.ch, v)
	return nil
}

// Awaited implements replay.Receiver.
func (s signals[T]) Awaited() bool { return s.s.HasReceiver(sched.Key(s.ch)) }

// Unread implements replay.Receiver.
func (s signals[T]) Unread() int { return sched.Len(s.s, s.ch) }

// Len is len(ch).
func Len[T any](run *Run, ch <-chan T) int { return sched.Len(run.x.Scheduler(), ch) }
