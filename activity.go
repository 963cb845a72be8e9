// What activities and steps call.

package pawl

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

// ActivityDetails is what an activity or step can learn about itself.
type ActivityDetails struct {
	ID           string // workflow id
	RunID        string
	WorkflowType string
	Activity     string // name of the activity or step
	Attempt      int    // from 1; an attempt whose worker died counts
	// IdempotencyKey is the same in all attempts of this call, and different in all other calls. Pass it to the
	// service that performs the effect.
	IdempotencyKey string
	Scheduled      time.Time
}

// ActivityInfo returns information about the activity or step that ctx belongs to. It returns the zero ActivityDetails
// if the function was called as a plain function.
func ActivityInfo(ctx context.Context) ActivityDetails {
	return ActivityDetails(activity.InfoFrom(ctx))
}

// Heartbeat reports that the activity is making progress, and stores details for its next attempt. An activity with a
// heartbeat timeout must call it more often than that. It returns an error if details cannot be encoded. It does
// nothing in a plain call.
func Heartbeat(ctx context.Context, details ...any) error { return activity.Heartbeat(ctx, details...) }

// LastHeartbeat decodes the details of the last heartbeat of an earlier attempt into details, which holds one pointer
// for each of them. It returns false if there was no heartbeat.
func LastHeartbeat(ctx context.Context, details ...any) (bool, error) {
	return activity.LastHeartbeat(ctx, details...)
}

// Final returns an error that wraps err and is not retried. Final(nil) is nil.
func Final(err error) error { return failures.Final(err) }
