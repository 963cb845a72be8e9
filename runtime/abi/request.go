// This file is updates: requests that a workflow answers.

package abi

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/panics"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// Request is one request of an update, which its workflow answers once, with Reply or Reject: immediately or later, and in any
// goroutine of the workflow. Copies of a Request are the same request.
type Request[In, Out any] struct {
	In In // what is asked

	answer *answer[Out]
}

// answer is where the answer to a request goes.
type answer[Out any] struct {
	given bool
	send  func(out Out, err error)
}

// Reply answers the request. It panics if the request is answered already.
func (r Request[In, Out]) Reply(out Out) { r.answer.give(out, nil) }

// Reject answers the request with an error, which whoever asked gets. It panics if the request is answered already, or if err
// is nil.
func (r Request[In, Out]) Reject(err error) {
	if err == nil {
		panic("pawl: a request was rejected with a nil error: use Reply")
	}
	r.answer.give(*new(Out), err)
}

func (a *answer[Out]) give(out Out, err error) {
	switch {
	case a == nil:
		panic("pawl: this Request was not received from a channel, so there is nobody to answer: use pawl.Ask in a test")
	case a.given:
		panic("pawl: a request was answered twice")
	}
	a.given = true
	a.send(out, err)
}

// Ask sends a request to a workflow that runs as a plain function, and waits for its answer.
func Ask[In, Out any](ctx context.Context, to chan<- Request[In, Out], in In) (out Out, err error) {
	if err := Validate(in); err != nil {
		return out, err
	}
	answered := make(chan struct{})
	r := Request[In, Out]{in, &answer[Out]{send: func(o Out, e error) {
		out, err = o, e
		close(answered)
	}}}
	select {
	case to <- r:
	case <-ctx.Done():
		return out, context.Cause(ctx)
	}
	select {
	case <-answered:
		return out, err
	case <-ctx.Done():
		return *new(Out), context.Cause(ctx)
	}
}

// Validate calls the method Validate() error of a value, or of a pointer to a copy of it, if there is one.
func Validate[T any](v T) (err error) {
	validator, ok := any(&v).(interface{ Validate() error })
	if !ok {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("method Validate of %T panicked: %s", v, panics.Text(p))
		}
	}()
	return validator.Validate()
}

// UpdateOf describes a channel of requests.
func UpdateOf[In, Out any](name string) Channel {
	return Channel{Name: name, Update: true, Check: func(value history.Payload) error {
		var in In
		if err := payloads.Decode(value, &in); err != nil {
			return err
		}
		return Validate(in)
	}}
}

// Updates makes the channel on which a run receives requests. Its buffer has no limit.
func Updates[In, Out any](run *Run, name string) <-chan Request[In, Out] {
	r := requests[In, Out]{run, make(chan Request[In, Out])}
	run.receive(name, r)
	return r.ch
}

// requests hands requests to a channel.
type requests[In, Out any] struct {
	run *Run
	ch  chan Request[In, Out]
}

// Receive implements replay.Receiver.
func (r requests[In, Out]) Receive(id string, value history.Payload) error {
	var in In
	if err := payloads.Decode(value, &in); err != nil {
		return err
	}
	to := &answer[Out]{send: func(out Out, err error) { r.run.answer(id, out, err) }}
	sched.Deliver(r.run.x.Scheduler(), r.ch, Request[In, Out]{in, to})
	return nil
}

// Awaited implements replay.Receiver.
func (r requests[In, Out]) Awaited() bool { return r.run.x.Scheduler().HasReceiver(sched.Key(r.ch)) }

// Unread implements replay.Receiver.
func (r requests[In, Out]) Unread() int { return sched.Len(r.run.x.Scheduler(), r.ch) }

// answer records the answer to an update. An answer that cannot be encoded rejects the update.
func (r *Run) answer(id string, out any, err error) {
	var o history.Outcome
	if err == nil {
		o.Result, err = payloads.Encode(r.workflow.Codec, []any{out})
		if err != nil {
			err = errors.Join(errors.New("the answer to the update cannot be encoded"), err)
		}
	}
	if err != nil {
		o = history.Outcome{Failure: r.errors.Encode(err)}
	}
	r.x.Answer(id, o)
}
