// pawl run show: how a run stands, and what happened in it.

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

func newRunShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show how a run stands and what happened in it",
		Long: `Show prints how a run stands, what it waits for with attempts, last errors and next retries, and its history: the
number of each event, its time since the start, what happened, to which operation, on which line of the author's, and
the values. Values that are encrypted or compressed are not shown.

JSON is an object: id, run_id, type, queue, status, started, closed, events, failure, parked, reason, cancel_requested,
pending (a list: kind, name, op, queue, pos, scheduled, due, attempt, last_error, next_retry, heartbeat, worker) and history (a
list: event, time, what, op, name, pos, values, due, reason, request, attempts, failure).`,
		Example: `  pawl run show order-81
  pawl run show order-81 -o json`,
		Args: args(cobra.ExactArgs(1)),
	}
	conn, output, runID := addNamespace(cmd), addFormat(cmd), addRunFlag(cmd)
	cmd.ValidArgsFunction = completeIDs(conn, anyStatus)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return conn.do(cmd, func(ctx context.Context, c *client.Client) error {
			d, err := c.Describe(ctx, ids[0], *runID)
			if err != nil {
				return err
			}
			h, err := c.History(ctx, d.ID, d.RunID)
			if err != nil { // what is known apart from it is worth seeing
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

// shown is a run as JSON has it.
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

// pending is an operation without an outcome as JSON has it.
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

func printRun(cmd *cobra.Command, f format, d *client.Description, h *client.History) error {
	w := cmd.OutOrStdout()
	if f == formatJSON {
		return printJSON(w, toShown(d, h))
	}
	var now time.Time
	if isTerminal(w) {
		now = time.Now()
	}
	if err := show.Description(w, d, now); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return show.History(w, h)
}
