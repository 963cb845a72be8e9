// Package cases lists the accepted programs of the golden corpus with how each of them is run.
package cases

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest"
)

// ID is the workflow id that every case runs under.
const ID = "golden"

// Case is one program of golden/accept.
type Case struct {
	// Name is the name of its folder.
	Name string
	// Registrations returns what a worker needs for it, with new receivers at every call.
	Registrations func() []pawl.Registration
	// Plain calls the workflow as plain Go. It is nil if the result would differ, for example because of retries.
	Plain func(ctx context.Context) []any
	// Want are the results if Plain is nil.
	Want []any
	// SkipCrash is the reason why there is no crash test: what crashes change in a correct run. If empty, there is one.
	SkipCrash string
	// Durable starts the workflow under ID and waits for its results.
	Durable func(ctx context.Context, c *pawl.Client) []any
}

// patience is longer than any case takes, in virtual time.
const patience = 3 * time.Hour

// Run runs a case on the engine of a test, and returns its results.
func (c Case) Run(e *pawltest.Env) []any {
	e.Helper()
	ctx, cancel := context.WithTimeout(e.Context(), patience)
	defer cancel()
	e.Work(c.Registrations()...)
	return c.Durable(ctx, e.Client)
}

// Diff describes how results differ; it is empty if they do not. It compares errors by their texts, without what the
// engine adds about the run.
func Diff(got, want []any) string {
	if g, w := texts(got), texts(want); !reflect.DeepEqual(g, w) {
		return fmt.Sprintf("got  %+v\nwant %+v", g, w)
	}
	return ""
}

// texts replaces errors by their texts.
func texts(values []any) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
		if err, ok := v.(error); ok {
			out[i] = text(err)
		}
	}
	return out
}

func text(err error) string {
	if run := (*pawl.RunError)(nil); errors.As(err, &run) && run.Err != nil {
		err = run.Err
	}
	return "error: " + err.Error()
}

// outcome is what a call returned.
func outcome(values ...any) []any { return values }

// started is a run that must have been started.
func started[R any](run R, err error) R {
	if err != nil {
		panic(err)
	}
	return run
}

// registrations returns a function that returns the list.
func registrations(list ...pawl.Registration) func() []pawl.Registration {
	return func() []pawl.Registration { return list }
}
