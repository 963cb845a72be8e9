// This file runs the golden of continue-as-new: it sends notes, some of which one month leaves for the next, and cancels.

package cases

import (
	"context"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/continuing"
)

// day is short, so that the test takes little of its time.
const day = time.Minute

// plainContinuing runs it as a plain function, whose calls of itself are calls.
func plainContinuing(ctx context.Context) []any {
	notes, cancels := make(chan string, 3), make(chan pawl.Request[string, int])
	result := make(chan []any, 1)
	go func() {
		result <- outcome(continuing.Subscribe(ctx, continuing.Plan{Who: "ann", Month: 1}, notes, cancels))
	}()
	month := annotate(
		func(note string) error { notes <- note; return nil },
		func(reason string) (int, error) { return pawl.Ask(ctx, cancels, reason) },
	)
	return append(<-result, month)
}

// durableContinuing runs it in three generations.
func durableContinuing(ctx context.Context, c *pawl.Client) []any {
	run := started(continuing.StartSubscribe(ctx, c, ID, continuing.Plan{Who: "ann", Month: 1}))
	month := annotate(
		func(note string) error { return run.Notes(ctx, note) },
		func(reason string) (int, error) { return run.Cancels(ctx, reason) },
	)
	return append(outcome(run.Result(ctx)), month)
}

// annotate sends two notes in the first month and one in the second, and cancels in the third.
func annotate(note func(string) error, cancel func(reason string) (int, error)) (month int) {
	for _, wait := range []struct {
		days int
		note string
	}{{1, "a"}, {1, "b"}, {38, "c"}} {
		time.Sleep(time.Duration(wait.days) * day)
		must(note(wait.note))
	}
	time.Sleep(30 * day)
	month, err := cancel("moving")
	must(err)
	return month
}
