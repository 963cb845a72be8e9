package pawl

import (
	"context"
	"sync"
)

// WaitUntil waits until ready holds, or ctx ends: then it returns ctx.Err(). The caller holds c.L, as for c.Wait;
// ready is called with c.L held, at first and after each c.Signal or c.Broadcast, which whoever changes what ready looks
// at has to call.
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
