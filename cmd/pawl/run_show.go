// pawl run show: show the state and the history of a run.

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

func newRunShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show the state and the history of a run",
		Long: `Show prints the state of a run, the operations that it waits for with their attempts, last errors and next retries, and
its history: for each event its number, its time since the start, what happened, the operation, its source line, and
the values. Encrypted and compressed values are not shown.

The JSON output is an object with id, run_id, type, queue, status, started, closed, events, failure, parked, reason,
cancel_requested, pending and history. Pending is a list of objects with kind, name, op, queue, pos, scheduled, due,
attempt, last_error, next_retry, heartbeat and worker. History is a list of objects with event, time, what, op, name,
pos, values, due, reason, request, attempts and failure.`,
		Example: `  pawl run show order-81
  pawl run show order-81 -o json`,
		Args: cli.Args(1, 1, "select one of several runs with --run"),
	}
	conn, output, runID := addNamespace(cmd), cli.AddFormat(cmd), addRunFlag(cmd)
	cmd.ValidArgsFunction = completeIDs(conn, anyStatus)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return conn.do(cmd, func(ctx context.Context, c *client.Client) error {
			d, err := c.Describe(ctx, ids[0], *runID)
			if err != nil {
				return err
			}
			h, err := c.History(ctx, d.ID, d.RunID)
			if err != nil { // show the state without the history
				h = &client.History{ID: d.ID, RunID: d.RunID}
			}
			if errors.Is(err, client.ErrNotFound) { // a run that was parked before its first record
				err = nil
			}
			return errors.Join(printRun(cmd, *output, d, h), err)
		})
	}
	return cmd
}

// shown is a run in JSON.
type shown struct {
	workflowRef
	Type      string       `json:"type"`
	Queue     string       `json:"queue"`
	Status    string       `json:"status"`
	Started   time.Time    `json:"started,omitzero"`
	Closed    time.Time    `json:"closed,omitzero"`
	Events    uint64       `json:"events"`
	Failure   string       `json:"failure,omitempty"`
	Parked    string       `json:"parked,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Cancelled bool         `json:"cancel_requested,omitempty"`
	Pending   []pending    `json:"pending"`
	History   []show.Event `json:"history"`
}

// pending is an operation that has not completed, in JSON.
type pending struct {
	Kind      string       `json:"kind"`
	Name      string       `json:"name"`
	Op        string       `json:"op"`
	Queue     string       `json:"queue,omitempty"`
	Pos       string       `json:"pos,omitempty"`
	Scheduled time.Time    `json:"scheduled"`
	Due       time.Time    `json:"due,omitzero"`
	Attempt   int          `json:"attempt,omitempty"`
	LastError string       `json:"last_error,omitempty"`
	NextRetry time.Time    `json:"next_retry,omitzero"`
	Heartbeat *show.Values `json:"heartbeat,omitempty"`
	Worker    string       `json:"worker,omitempty"`
}

func toShown(d *client.Description, h *client.History) shown {
	s := shown{
		workflowRef{d.ID, d.RunID}, d.Type, d.Queue, statusName(d.Status), d.Started, d.Closed, d.Events,
		d.Failure, d.Parked, d.Reason, d.Cancelled, []pending{}, show.Events(h),
	}
	for _, p := range d.Pending {
		s.Pending = append(s.Pending, toPending(p))
	}
	return s
}

func toPending(p client.Pending) pending {
	out := pending{p.Kind, p.Name, p.Op, p.Queue, p.Pos, p.Scheduled, p.Due, p.Attempt, p.LastError, p.NextRetry, nil, p.Worker}
	if p.Heartbeat.Encoding != "" {
		v := show.NewValues(p.Heartbeat)
		out.Heartbeat = &v
	}
	return out
}

func printRun(cmd *cobra.Command, f cli.Format, d *client.Description, h *client.History) error {
	w := cmd.OutOrStdout()
	if f == cli.FormatJSON {
		return cli.PrintJSON(w, toShown(d, h))
	}
	var now time.Time
	if cli.IsTerminal(w) {
		now = time.Now()
	}
	if err := show.Description(w, d, now); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return show.History(w, h)
}
