// This file is what an activity or step can ask of the engine through its context.

package activity

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

// Info is what an activity or step can learn about itself from its context.
type Info struct {
	ID           string // workflow id
	RunID        string
	WorkflowType string
	Activity     string
	// Attempt is the number of this attempt, from 1. An attempt whose worker died counts. Without a limit of attempts, the
	// first one also counts if its worker may have died before it began.
	Attempt int
	// IdempotencyKey is the same in every attempt at this activity, and differs from that of every other activity. Pass
	// it to the service that the activity calls, so that a repeated attempt has no second effect.
	IdempotencyKey string
	Scheduled      time.Time
}

type attemptKey struct{}

func withAttempt(ctx context.Context, a *attempt) context.Context {
	return context.WithValue(ctx, attemptKey{}, a)
}

func fromContext(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// InfoFrom returns what ctx says about the activity or step that it was given to. Outside of one, for example in a unit
// test, that is the zero Info.
func InfoFrom(ctx context.Context) Info {
	if a := fromContext(ctx); a != nil {
		return a.Info
	}
	return Info{}
}

// maxDetails is the size in bytes of the largest details of a heartbeat. They are stored up to twice a second.
const maxDetails = 256 << 10

// Heartbeat reports that the activity is alive, and stores details for its next attempt. An activity with a heartbeat
// limit must call it at shorter intervals than that. It fails if details do not encode, or have more than 256 KiB. Outside of an
// activity it does nothing.
func Heartbeat(ctx context.Context, details ...any) error {
	a := fromContext(ctx)
	if a == nil {
		return nil
	}
	payload, err := payloads.Encode("", details)
	if err != nil {
		return err
	}
	if len(payload.Data) > maxDetails {
		return fmt.Errorf("heartbeat details of %d bytes are over the limit of %d: store the data elsewhere, and its name in the details", len(payload.Data), maxDetails)
	}
	select {
	case a.alive <- struct{}{}:
	default:
	}
	return a.heartbeat(payload)
}

// LastHeartbeat fills details from the last heartbeat of an earlier attempt. It reports false if there was none.
func LastHeartbeat(ctx context.Context, details ...any) (bool, error) {
	a := fromContext(ctx)
	if a == nil || a.previous.Encoding == "" {
		return false, nil
	}
	return true, payloads.Decode(a.previous, details...)
}
