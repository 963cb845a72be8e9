// Tests of signals.

package pawl_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestSignals(t *testing.T) {
	words := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) {
		more := abi.Signals[string](r, "words")
		for range 3 {
			in += " " + abi.Recv(r, more)
		}
		return in, nil
	})
	wf := words.Workflows[0]
	wf.Signals = []abi.Signal{abi.SignalOf[string]("words")}
	bubble(t, words, func(e *engine) {
		run := e.start("w", "a", pawl.SignalWithStart(wf, "words", "b"))
		for _, word := range []string{"c", "c", "d"} {
			time.Sleep(time.Second)
			if err := run.Signal(context.Background(), "words", word, pawl.DedupID(word)); err != nil {
				t.Fatal(err)
			}
		}
		if got := e.result(run); got != "a b c d" {
			t.Errorf("got %q", got)
		}
		if err := run.Signal(context.Background(), "words", "e"); !errors.Is(err, pawl.ErrNotFound) {
			t.Errorf("to a closed run: %v", err)
		}
	})
}
