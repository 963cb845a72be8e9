// This file is the signals of a workflow: the channels that it takes.

package abi

import (
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// Signal describes a channel that a workflow takes.
type Signal struct {
	Name string // of the parameter
	// Check reports what is wrong with a value that somebody has sent.
	Check func(value history.Payload) error
}

// SignalOf describes a channel with elements of type T.
func SignalOf[T any](name string) Signal {
	return Signal{name, func(value history.Payload) error { return payloads.Decode(value, new(T)) }}
}

// Signals makes the channel on which a run receives signals. Its buffer has no limit.
func Signals[T any](run *Run, name string) <-chan T {
	r := receiver[T]{run.x.Scheduler(), make(chan T)}
	if err := run.x.SetReceiver(name, r); err != nil {
		run.x.Fail(err)
	}
	return r.ch
}

// receiver hands signals to a channel.
type receiver[T any] struct {
	s  *sched.Scheduler
	ch chan T
}

// Receive implements replay.Receiver.
func (r receiver[T]) Receive(value history.Payload) error {
	var v T
	if err := payloads.Decode(value, &v); err != nil {
		return err
	}
	sched.Deliver(r.s, r.ch, v)
	return nil
}

// Awaited implements replay.Receiver.
func (r receiver[T]) Awaited() bool { return r.s.HasReceiver(sched.Key(r.ch)) }

// Len is len(ch).
func Len[T any](run *Run, ch <-chan T) int { return sched.Len(run.x.Scheduler(), ch) }
