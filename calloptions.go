// The options of calls in workflow code.

package pawl

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// With returns a context with options for the activities and children that workflow code calls with it:
//
//	Ship(pawl.With(ctx, pawl.ChildID("ship-"+order), pawl.OnClose(pawl.CloseTerminate)), order)
//
// Options override the directive. An option of ctx stays in effect unless it is set again. Options apply to calls with the context, and
// not to the calls that a child makes. In a plain call they have no effect.
func With(ctx context.Context, opts ...CallOption) context.Context { return abi.With(ctx, opts...) }

// CallOption is an option of [With].
type CallOption = abi.CallOption

// Queue sets the task queue of activities and children, which may be that of a single host.
func Queue(name string) CallOption { return abi.OnQueue(name) }

// ChildID sets the workflow id of a child. A call whose id is taken by an open run returns an *[AlreadyStartedError]. Without it, a child has
// an id that is never used again.
func ChildID(id string) CallOption { return abi.ChildID(id) }

// OnClose sets what happens to a child that is open when its parent closes. Default [CloseCancel].
func OnClose(p ClosePolicy) CallOption { return abi.OnClose(p) }

// ClosePolicy is what happens to a child that is open when its parent closes.
type ClosePolicy = history.ClosePolicy

// The close policies.
const (
	CloseCancel    ClosePolicy = history.CloseCancel    // its context is cancelled
	CloseTerminate ClosePolicy = history.CloseTerminate // it is terminated
	CloseAbandon   ClosePolicy = history.CloseAbandon   // it goes on
)

// Detached returns a context that does not end with ctx, and in which the children of a workflow are abandoned: they go on when
// their parent closes, instead of being cancelled. When the statement
//
//	go Ship(pawl.Detached(ctx), order)
//
// completes, the child has been started, even if the workflow returns next. In a plain call, Detached is
// [context.WithoutCancel].
func Detached(ctx context.Context) context.Context { return abi.Detached(ctx) }
