// pawl run list: list the workflows of a namespace.

package main

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

func newRunListCommand() *cobra.Command {
	var typ string
	var status []string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List workflows and their newest runs",
		Long: `List prints one line for each workflow id, with its newest run, in the order of the last change. If the output is not a
terminal, columns are separated by tabs, times are exact, and there is no header.

A run changes when it starts, is parked, is resumed, and closes. pawl run show shows the progress of an open run. EVENTS
is the length of the history of a closed run.

The JSON output is a list of objects with id, run_id, type, queue, status, started and changed and, where they apply,
closed, events, failure, parked and reason.`,
		Example: `  pawl run list
  pawl run list --status parked,failed --limit 20
  pawl run list --type example.com/shop.Checkout -o json`,
		Args: cli.Args(0, 0, ""),
	}
	conn, output := addNamespace(cmd), cli.AddFormat(cmd)
	cmd.Flags().StringVar(&typ, "type", "", "only workflows of this type")
	cmd.Flags().StringSliceVar(&status, "status", nil, "only runs with these statuses")
	cmd.Flags().IntVar(&limit, "limit", 0, "at most this many (default all)")
	_ = cmd.RegisterFlagCompletionFunc("type", completeTypes(conn))
	_ = cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(statusNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		filter := client.Filter{Type: typ, Limit: limit}
		var err error
		if filter.Status, err = parseStatuses(status); err != nil {
			return err
		}
		return conn.do(cmd, func(ctx context.Context, c *client.Client) error {
			runs, err := c.List(ctx, filter)
			if err != nil {
				return err
			}
			return printRuns(cmd, *output, runs)
		})
	}
	return cmd
}

// listed is a run in JSON.
type listed struct {
	workflowRef
	Type    string    `json:"type"`
	Queue   string    `json:"queue"`
	Status  string    `json:"status"`
	Started time.Time `json:"started,omitzero"`
	Closed  time.Time `json:"closed,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
	Events  uint64    `json:"events,omitempty"` // of a closed run only
	Failure string    `json:"failure,omitempty"`
	Parked  string    `json:"parked,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

func toListed(info *history.RunSummary) listed {
	l := listed{
		workflowRef{info.ID, info.RunID}, info.Type, info.Queue, statusName(info.Status),
		info.Started, info.Closed, info.Changed, info.Events, failureMessage(info.Failure), info.Parked, info.Reason,
	}
	if !info.Status.Closed() {
		l.Events = 0
	}
	return l
}

func failureMessage(f *history.Failure) string {
	if f == nil {
		return ""
	}
	return f.Text()
}

func printRuns(cmd *cobra.Command, f cli.Format, runs []*history.RunSummary) error {
	w := cmd.OutOrStdout()
	if f == cli.FormatJSON {
		list := make([]listed, len(runs))
		for i, info := range runs {
			list[i] = toListed(info)
		}
		return cli.PrintJSON(w, list)
	}
	t := cli.Table{Header: []string{"ID", "STATUS", "TYPE", "STARTED", "CLOSED", "EVENTS", "NOTE"}}
	for _, info := range runs {
		l := toListed(info)
		why, _, _ := strings.Cut(cmp.Or(l.Parked, l.Failure, l.Reason), "\n")
		t.Add(l.ID, l.Status, l.Type, formatTime(w, l.Started), formatTime(w, l.Closed), cli.OrDash(l.Events != 0, strconv.FormatUint(l.Events, 10)), why)
	}
	if len(runs) == 0 {
		cli.Note(cmd.ErrOrStderr(), "no workflows")
	}
	return t.Write(w)
}

// formatTime formats a time for a table: relative to now on a terminal, and exactly elsewhere.
func formatTime(w io.Writer, t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case cli.IsTerminal(w):
		return show.Ago(t, time.Now())
	}
	return t.UTC().Format(time.RFC3339Nano)
}
