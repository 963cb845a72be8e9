// Package calloptions has calls whose options are in the context: the id and the queue of a child, the queue of an activity, and what
// happens to children when their parent closes.
package calloptions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Measure is an activity of another queue.
//
//pawl:activity queue=scales
func Measure(ctx context.Context, text string) (int, error) { return len(text), nil }

// Count is an activity of the package's queue.
//
//pawl:activity
func Count(ctx context.Context, text string) (int, error) { return len(text), nil }

// Wait waits, and returns its input.
//
//pawl:workflow
func Wait(ctx context.Context, text string, d time.Duration) (string, error) {
	select {
	case <-time.After(d):
		return text, nil
	case <-ctx.Done():
		return text, ctx.Err()
	}
}

// Call makes the calls.
//
//pawl:workflow queue=callers
func Call(ctx context.Context, id string) (log []string, err error) {
	note := func(what string, values ...any) { log = append(log, what+" "+fmt.Sprint(values...)) }

	named := pawl.With(ctx, pawl.ChildID(id))
	text, err := Wait(named, "named", 10*time.Second)
	note("named", text, err)
	n, err := Count(pawl.With(ctx, pawl.Queue("scales")), "three")
	note("counted", n, err)
	text, err = Wait(pawl.With(ctx, pawl.Queue("callers")), "elsewhere", time.Second)
	note("elsewhere", text, err)

	go Wait(pawl.With(named, pawl.OnClose(pawl.CloseTerminate)), "left", time.Hour)
	time.Sleep(10 * time.Second)
	_, err = Wait(named, "again", 0)
	var taken *pawl.AlreadyStartedError
	note("taken", errors.As(err, &taken) && taken.ID == id)

	soon, cancel := context.WithTimeout(pawl.With(ctx, pawl.OnClose(pawl.CloseAbandon)), 10*time.Second)
	defer cancel()
	_, err = Wait(soon, "late", time.Hour)
	note("late", errors.Is(err, context.DeadlineExceeded))
	return log, nil
}
