// Signals: values that are sent to open runs.

package pawl

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Signal sends a value to the channel that the workflow takes under a name. Generated handles have a typed method for each
// signal, which calls it. Signal returns when the value is stored: the run receives it, even if no worker is running, unless it
// closes first. Signals of one sender arrive in the order in which they were sent. Signal returns an error that matches
// [ErrNotFound] if the run is not open.
func (r *Run) Signal(ctx context.Context, name string, value any, opts ...SignalOption) error {
	return r.run.Signal(ctx, name, value, opts...)
}

// SignalOption is an option of a method that sends a signal.
type SignalOption = client.SignalOption

// DedupID makes a signal idempotent: a run receives one signal with this id, however often it is sent.
func DedupID(id string) SignalOption { return client.DedupID(id) }

// SignalWithStart is the start option that generated options for signals return: it sends a signal with the start.
func SignalWithStart(w *abi.Workflow, name string, value any, opts ...SignalOption) StartOption {
	return client.SignalWithStart(w, name, value, opts...)
}
