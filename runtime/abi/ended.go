// This file says what a call returns whose context had ended before it.

package abi

import (
	"context"
	"fmt"
)

// ended returns nil, or, if ctx has ended, the error of a call under it: nothing is started. The error names what would have
// been called and is ctx.Err() to errors.Is. Before version 4 of the rules, it was ctx.Err() itself.
func (r *Run) ended(ctx context.Context, kind, name string) error {
	err := ctx.Err()
	if err == nil || r.x.Started.SchedulerVersion < 4 {
		return err
	}
	return fmt.Errorf("%s %s not started, because its context has ended: %w", kind, name, err)
}
