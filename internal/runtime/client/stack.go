// This file asks workers where the goroutines of a run are.

package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Stack returns where the goroutines of an open run wait. It asks the worker that has the run in memory. If there is none, it
// asks the run's owner to load it. An empty runID stands for the newest run. It fails with ErrNotFound if there is no such
// run, and with a *NoWorkerError if no worker answers before ctx ends.
func (c *Client) Stack(ctx context.Context, id, runID string) (*history.Stack, error) {
	d, err := c.Describe(ctx, id, runID)
	if err != nil {
		return nil, err
	}
	if d.Status.Closed() {
		return nil, fmt.Errorf("workflow %q has ended (%s) and has no goroutines", id, d.Status)
	}
	req := (&history.StackRequest{ID: d.ID, RunID: d.RunID}).Marshal()
	wake := (&history.Message{RunID: d.RunID, Wake: &history.Wake{}}).Marshal()
	for asked := 0; ; asked++ {
		data, err := c.askFor(ctx, journal.StackTopic(d.Queue), req)
		switch {
		case err == nil:
			return history.UnmarshalStack(data)
		case ctx.Err() != nil, d.Status == history.StatusParked, d.Status == history.StatusWaiting: // no code of it is in memory
			return nil, &NoWorkerError{ID: d.ID, Queue: d.Queue, Parked: d.Parked}
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		case asked == 0:
			if err := c.store.Send(ctx, store.Message{Queue: d.Queue, ID: d.ID, DedupID: journal.NewID(), Data: wake}); err != nil {
				return nil, err
			}
		}
	}
}

// stackPatience is how long the workers of a queue have to answer before they are asked again.
const stackPatience = 500 * time.Millisecond

func (c *Client) askFor(ctx context.Context, topic string, req []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, stackPatience)
	defer cancel()
	data, err := c.store.Request(ctx, topic, req)
	if errors.Is(err, store.ErrNotFound) {
		<-ctx.Done() // no worker listens or has the run: do not ask again immediately
	}
	return data, err
}

// NoWorkerError says that no worker has a run in memory or could load it.
type NoWorkerError struct {
	ID, Queue string
	Parked    string // why the run is parked; empty if it is not
}

func (e *NoWorkerError) Error() string {
	if e.Parked != "" {
		return fmt.Sprintf("no worker has workflow %q in memory: it is parked: %s", e.ID, e.Parked)
	}
	return fmt.Sprintf("no worker of queue %q has workflow %q in memory: check that one is running", e.Queue, e.ID)
}
