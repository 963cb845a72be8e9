// This file turns how the last attempt ended into the outcome that is recorded.

package activity

import (
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

// sendRetry is how often storing an outcome is retried while the store does not answer.
var sendRetry = backoff.Doubling(50*time.Millisecond, 5*time.Second)

// outcome returns the sealed outcome of an activity or step. A result that a transform refuses makes it a failure. While the
// store does not answer, outcome waits: another attempt would repeat the effect. It fails if the process ends first.
func (r *Runner) outcome(info Info, result result) (history.Outcome, error) {
	ctx, prefix := r.Context(), journal.ObjectPrefix(info.ID, info.RunID)
	for tries := 1; ; tries++ {
		outcome := history.Outcome{Result: result.out, Failure: result.failure, Attempts: info.Attempt, Worker: r.ID}
		err := history.EditPayloads(&outcome, func(p *history.Payload) error { return r.Chain.Seal(ctx, prefix, p) })
		var refused *payloads.SealError
		switch {
		case err == nil:
			return outcome, nil
		case ctx.Err() != nil:
			return history.Outcome{}, ctx.Err()
		case errors.As(err, &refused) && result.out.Encoding != "":
			err = failures.Final(errors.Join(r.Handlers.Errors.Decode(result.failure), err))
			result.out, result.failure = history.Payload{}, r.Handlers.Errors.Encode(err)
			continue
		case errors.As(err, &refused): // it refuses the failure, too
			return outcome, nil
		}
		r.Log.Warn("outcome not stored; trying again", "workflow", info.ID, "activity", info.Activity, "error", err)
		sendRetry.Wait(ctx, tries)
	}
}
