// pawl run result: wait for a run to end and print its result.

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

func newRunResultCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "result ID",
		Short: "Wait for a run to end and print its result",
		Long: `Result waits for a run to end and prints the results of the workflow as JSON: the value of a single result, a list of
several results, or nothing. An error that the workflow returned goes to standard error, with the errors that it wraps.
The exit status is 10 if the run failed or timed out, 11 if it was cancelled or terminated, and 6 if it did not end
within --wait. Interrupting the command does not affect the run.

With -o json the output is always an object with id, run_id, status, result (a list), failure and reason.`,
		Example: `  pawl run result order-81
  pawl run result order-81 --wait 30s -o json`,
		Args: cli.Args(1, 1, "select one of several runs with --run"),
	}
	conn, output, runID := addNamespace(cmd), cli.AddFormat(cmd), addRunFlag(cmd)
	limit := cmd.Flags().Duration("wait", 0, "how long to wait (default no limit)")
	cmd.ValidArgsFunction = completeIDs(conn, anyStatus)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return wait(cmd, conn, *output, workflowRef{ids[0], *runID}, *limit)
	}
	return cmd
}

// ended is how a run ended, in JSON.
type ended struct {
	workflowRef
	Status  string        `json:"status"`
	Result  *show.Values  `json:"result,omitempty"`
	Failure *show.Failure `json:"failure,omitempty"`
	Reason  string        `json:"reason,omitempty"`
}

// wait waits for a run to end and prints its result. If limit is not zero, it waits no longer than that.
func wait(cmd *cobra.Command, conn *connection, f cli.Format, ref workflowRef, limit time.Duration) error {
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
		return cli.WithStatus(cli.Interrupted, fmt.Errorf("stopped waiting; workflow %q continues: pawl run result %s waits again", ref.ID, ref.ID))
	case errors.Is(err, context.DeadlineExceeded):
		return cli.WithStatus(cli.Unavailable, fmt.Errorf("workflow %q did not end within %v: pawl run show %s shows what it is waiting for", ref.ID, limit, ref.ID))
	case err != nil:
		return explained(cmd.Context(), err)
	}
	return e.report(cmd, f)
}

// await waits for the end of a run and reads its results.
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
	h, err := c.History(ctx, info.ID, info.RunID) // its results are decrypted
	if err != nil {
		return nil, err
	}
	last := show.Events(h)[len(h.Events)-1]
	return &ended{workflowRef{info.ID, info.RunID}, statusName(info.Status), last.Values, last.Failure, last.Reason}, nil
}

// report prints how a run ended. It returns an error unless the run completed.
func (e *ended) report(cmd *cobra.Command, f cli.Format) error {
	if err := e.print(cmd, f); err != nil {
		return err
	}
	code := cli.RunFailed
	switch e.Status {
	case statusName(history.StatusCompleted):
		return nil
	case statusName(history.StatusCancelled), statusName(history.StatusTerminated):
		code = cli.RunCancelled
	}
	if e.Reason != "" {
		return cli.WithStatus(code, fmt.Errorf("workflow %q was %s: %s", e.ID, e.Status, e.Reason))
	}
	return cli.WithStatus(code, fmt.Errorf("workflow %q %s: pawl run show %s shows what happened", e.ID, e.Status, e.ID))
}

func (e *ended) print(cmd *cobra.Command, f cli.Format) error {
	if f == cli.FormatJSON {
		return cli.PrintJSON(cmd.OutOrStdout(), e)
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
		return fmt.Errorf("cannot read the result of workflow %q: %s", e.ID, e.Result)
	case len(list) == 1:
		return cli.PrintJSON(cmd.OutOrStdout(), list[0])
	}
	return cli.PrintJSON(cmd.OutOrStdout(), list)
}
