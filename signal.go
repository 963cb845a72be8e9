// Signals and updates: what is sent to open runs.

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

// Request is what a workflow receives from a channel of updates: a parameter of the type <-chan Request[In, Out]. The workflow
// reads In, and answers with Reply or Reject, immediately or later. If In has a method Validate() error, it is called before the
// update is recorded.
type Request[In, Out any] = abi.Request[In, Out]

// Ask sends a request to a workflow that runs as a plain function, in a test, and waits for the answer. The channel is the one
// that the test passes to the workflow.
func Ask[In, Out any](ctx context.Context, to chan<- Request[In, Out], in In) (Out, error) {
	return abi.Ask(ctx, to, in)
}

// Update sends an update to the channel of requests that the workflow takes under a name, waits for the answer, and decodes it
// into the value that out points to. Generated handles have a typed method for each update, which calls it. Update returns the
// error with which the workflow has rejected the request, an error that matches [ErrUnanswered] if the run closes without
// answering it, and one that matches [ErrNotFound] if the run is not open.
func (r *Run) Update(ctx context.Context, name string, in, out any, opts ...UpdateOption) error {
	return r.run.Ask(ctx, name, in, out, opts...)
}

// StartUpdate sends an update, and returns a handle on it when the run has accepted it, which is then in its history.
func StartUpdate[Out any](ctx context.Context, r *Run, name string, in any, opts ...UpdateOption) (Update[Out], error) {
	u, err := r.run.Update(ctx, name, in, opts...)
	return Update[Out]{u}, err
}

// Update is a handle on an update that a run has accepted.
type Update[Out any] struct{ update *client.Update }

// ID returns the id of the update.
func (u Update[Out]) ID() string { return u.update.ID() }

// Result waits for the answer. Its errors are those of [Run.Update].
func (u Update[Out]) Result(ctx context.Context) (out Out, err error) {
	err = u.update.Result(ctx, &out)
	return out, err
}

// UpdateOption is an option of a method that sends an update.
type UpdateOption = client.UpdateOption

// UpdateID makes an update idempotent: a run accepts one update with this id, and everybody who sends it gets the same answer.
func UpdateID(id string) UpdateOption { return client.UpdateID(id) }

// UpdateWithStart is the start option that generated options for updates return: it sends an update with the start.
func UpdateWithStart(w *abi.Workflow, name string, in any, opts ...UpdateOption) StartOption {
	return client.UpdateWithStart(w, name, in, opts...)
}

// ErrUnanswered says that a run closed without answering an update.
var ErrUnanswered = client.ErrUnanswered
