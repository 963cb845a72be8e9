// Waiting for a condition.

package pawl

import (
	"context"
	"sync"
)

// WaitUntil waits until ready returns true. It returns ctx.Err() if ctx ends first. The caller must hold c.L, as for
// c.Wait. WaitUntil calls ready with c.L held: first immediately, and then after each c.Signal or c.Broadcast. Code
// that changes what ready depends on must therefore call one of them.
//
//	mu.Lock()
//	defer mu.Unlock()
//	if err := pawl.WaitUntil(ctx, changed, func() bool { return paid && packed }); err != nil {
//
// It may be called in workflows, where it is durable, and in plain Go.
func WaitUntil(ctx context.Context, c *sync.Cond, ready func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Broadcast()
	})
	defer stop()
	for !ready() {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.Wait()
	}
	return nil
}
