// Package pawl makes plain Go functions durable.
package pawl

import (
	"context"

	"github.com/pawlhq/pawl/runtime/abi"
)

// Module is everything annotated in one package.
type Module = abi.Module

// Client reaches the workflows of one namespace.
type Client struct{}

// StartOption changes how a workflow is started.
type StartOption func()

// Run is a handle on one run, or on whichever run of a workflow id is the newest.
type Run struct{}

// Start begins a run of w. Generated code calls it.
func (c *Client) Start(ctx context.Context, w *abi.Workflow, id string, in []any, opts ...StartOption) (*Run, error) {
	panic("todo")
}

// Run returns a handle on the newest run of workflow id. Generated code calls it.
func (c *Client) Run(w *abi.Workflow, id string) *Run { panic("todo") }

// Wait waits for the run to end and decodes its results into out. Generated code calls it.
func (r *Run) Wait(ctx context.Context, out ...any) error { panic("todo") }
