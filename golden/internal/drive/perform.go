// This file runs activities by their handlers.

package drive

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Handlers returns a Perform for the activities and steps of registrations, without retries and timeouts. It measures how
// long an activity takes, so call it in a testing/synctest bubble if handlers sleep.
func Handlers(known *failures.Errors, registrations ...abi.Registration) func(replay.Open, time.Duration) (history.Outcome, time.Duration) {
	handlers := map[string]abi.Handler{}
	for _, m := range registrations {
		for _, h := range m.Activities {
			handlers[history.TaggedName(h.Activity.Name, h.Tag)] = h
		}
	}
	return func(op replay.Open, cancelled time.Duration) (history.Outcome, time.Duration) {
		d := op.Body.Details()
		name, input := d.Name, *d.Input
		h, ok := handlers[name]
		if !ok {
			panic(fmt.Sprintf("drive: no handler for %s: pass the registration of its package to Handlers", name))
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if cancelled != Never {
			time.AfterFunc(cancelled, cancel)
		}
		begin := time.Now()
		outcome := run(ctx, h, known, input)
		return outcome, time.Since(begin)
	}
}

func run(ctx context.Context, h abi.Handler, known *failures.Errors, input history.Payload) history.Outcome {
	out, err := h.Run(ctx, abi.Values{Payload: input})
	result, encodeErr := payloads.Encode(h.Activity.Codec, out)
	if encodeErr != nil {
		panic(fmt.Sprintf("drive: result of %s: %v", h.Activity.Name, encodeErr))
	}
	return history.Outcome{Result: result, Failure: known.Encode(err), Attempts: 1}
}
