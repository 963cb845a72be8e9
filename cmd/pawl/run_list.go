// pawl run list: the runs that a namespace knows.

package main

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

func newRunListCommand() *cobra.Command {
	var typ string
	var status []string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List workflows by their newest runs",
		Long: `List prints a line for each workflow id, with its newest run; those that changed last come first. If the output is no
terminal, columns are separated by tabs, times are exact, and there is no header.

The list is the registry's, which follows a run when it starts, is parked, goes on after that, and closes. That is what
changed means; how far an open run has come is what pawl run show tells. EVENTS is the length of a closed run's history.

JSON is a list of objects: id, run_id, type, queue, status, started, changed, and where there is one closed, events,
failure, parked or reason.`,
		Example: `  pawl run list
  pawl run list -status parked,failed -limit 20
  pawl run list -type example.com/shop.Checkout -o json`,
		Args: args(cobra.NoArgs),
	}
	conn, output := addNamespace(cmd), addFormat(cmd)
	cmd.Flags().StringVar(&typ, "type", "", "only workflows of this type")
	cmd.Flags().StringSliceVar(&status, "status", nil, "only runs of these statuses")
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

// listed is a run as JSON has it.
type listed struct {
	workflowRef
	Type    string    `json:"type"`
	Queue   string    `json:"queue"`
	Status  string    `json:"status"`
	Started time.Time `json:"started,omitzero"`
	Closed  time.Time `json:"closed,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
	Events  uint64    `json:"events,omitempty"` // of a closed run: the registry does not follow an open one
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
	return f.Message
}

func printRuns(cmd *cobra.Command, f format, runs []*history.RunSummary) error {
	w := cmd.OutOrStdout()
	if f == formatJSON {
		list := make([]listed, len(runs))
		for i, info := range runs {
			list[i] = toListed(info)
		}
		return printJSON(w, list)
	}
	t := table{header: []string{"ID", "STATUS", "TYPE", "STARTED", "CLOSED", "EVENTS", "NOTE"}}
	for _, info := range runs {
		l := toListed(info)
		why, _, _ := strings.Cut(cmp.Or(l.Parked, l.Failure, l.Reason), "\n")
		t.add(l.ID, l.Status, l.Type, when(w, l.Started), when(w, l.Closed), orDash(l.Events != 0, strconv.FormatUint(l.Events, 10)), why)
	}
	if len(runs) == 0 {
		note(cmd.ErrOrStderr(), "no workflows")
	}
	return t.write(w)
}
