// Child workflows: what the context of a call says about them.

package pawl

import (
	"context"

	"github.com/pawlhq/pawl/runtime/abi"
)

// Detached returns a context that does not end with ctx, and in which the children of a workflow are abandoned: they go on when
// their parent closes, instead of being cancelled. When the statement
//
//	go Ship(pawl.Detached(ctx), order)
//
// completes, the child has been started, even if the workflow returns next. In a plain call, Detached is
// [context.WithoutCancel].
func Detached(ctx context.Context) context.Context { return abi.Detached(ctx) }
