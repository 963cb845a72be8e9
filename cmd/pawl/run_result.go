// pawl run result: waits for a run to end, and tells how it did.

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

func newRunResultCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "result ID",
		Short: "Wait for a run to end, and print its result",
		Long: `Result waits for a run to end and prints what the workflow returned, as JSON: the value if it is one, a list if there
are several, nothing if there is none. An error that it returned goes to standard error, with all that it wraps.
Exit status 10 means that the run failed or timed out, 11 that it was cancelled or terminated, 6 that it has not ended
within -wait. Interrupting the wait leaves the run as it is.

With -o json the output is an object in every case: id, run_id, status, result (a list), failure, reason.`,
		Example: `  pawl run result order-81
  pawl run result order-81 -wait 30s -o json`,
		Args: args(cobra.ExactArgs(1)),
	}
	conn, output, runID := addNamespace(cmd), addFormat(cmd), addRunFlag(cmd)
	limit := cmd.Flags().Duration("wait", 0, "how long to wait (default as long as it takes)")
	cmd.ValidArgsFunction = completeIDs(conn, anyStatus)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return wait(cmd, conn, *output, workflowRef{ids[0], *runID}, *limit)
	}
	return cmd
}

// ended is how a run ended as JSON has it.
type ended struct {
	workflowRef
	Status  string        `json:"status"`
	Result  *show.Values  `json:"result,omitempty"`
	Failure *show.Failure `json:"failure,omitempty"`
	Reason  string        `json:"reason,omitempty"`
}

// wait waits for a run to end, for at most limit if that is not zero, and tells how it did.
func wait(cmd *cobra.Command, conn *connection, f format, ref workflowRef, limit time.Duration) error {
	connecting, cancel := context.WithTimeout(cmd.Context(), conn.timeout)
	defer cancel()
	c, closeStore, err := conn.open(connecting)
	if err != nil {
		return explained(cmd.Context(), err)
	}
	defer closeStore()
	e, err := await(cmd.Context(), c, ref, limit)
	switch {
	case cmd.Context().Err() != nil:
		return statusError{exitInterrupted, fmt.Errorf("no longer waiting; workflow %q goes on: pawl run result %s waits again", ref.ID, ref.ID)}
	case errors.Is(err, context.DeadlineExceeded):
		return statusError{exitUnavailable, fmt.Errorf("workflow %q has not ended within %v: pawl run show %s tells what it waits for", ref.ID, limit, ref.ID)}
	case err != nil:
		return explained(cmd.Context(), err)
	}
	return e.report(cmd, f)
}

// await waits for the end of a run and reads what it returned.
func await(ctx context.Context, c *client.Client, ref workflowRef, limit time.Duration) (*ended, error) {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	info, err := c.Result(ctx, ref.ID, ref.RunID)
	if err != nil {
		return nil, err
	}
	h, err := c.History(ctx, info.ID, info.RunID) // it has the result opened
	if err != nil {
		return nil, err
	}
	last := show.Events(h)[len(h.Events)-1]
	return &ended{workflowRef{info.ID, info.RunID}, statusName(info.Status), last.Values, last.Failure, last.Reason}, nil
}

// report prints how a run ended, and is an error unless it completed.
func (e *ended) report(cmd *cobra.Command, f format) error {
	if err := e.print(cmd, f); err != nil {
		return err
	}
	code := exitRunFailed
	switch e.Status {
	case statusName(history.StatusCompleted):
		return nil
	case statusName(history.StatusCancelled), statusName(history.StatusTerminated):
		code = exitRunCancelled
	}
	if e.Reason != "" {
		return statusError{code, fmt.Errorf("workflow %q was %s: %s", e.ID, e.Status, e.Reason)}
	}
	return statusError{code, fmt.Errorf("workflow %q %s: pawl run show %s tells what happened", e.ID, e.Status, e.ID)}
}

func (e *ended) print(cmd *cobra.Command, f format) error {
	if f == formatJSON {
		return printJSON(cmd.OutOrStdout(), e)
	}
	if e.Failure != nil {
		if err := e.Failure.Write(cmd.ErrOrStderr()); err != nil {
			return err
		}
	}
	if e.Result == nil || e.Status != statusName(history.StatusCompleted) {
		return nil
	}
	list, readable := e.Result.List()
	switch {
	case !readable:
		return fmt.Errorf("the result of workflow %q cannot be read here: %s", e.ID, e.Result)
	case len(list) == 1:
		return printJSON(cmd.OutOrStdout(), list[0])
	}
	return printJSON(cmd.OutOrStdout(), list)
}
