// Which run a command is about, and what shells complete for it.

package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

// workflowRef names a run.
type workflowRef struct {
	ID    string `json:"id"`
	RunID string `json:"run_id,omitempty"`
}

// addRunFlag adds the flag that selects one run of a workflow id.
func addRunFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("run", "", "run id (default the newest run of the workflow)")
}

// statuses are the statuses of runs in flags and JSON.
var statuses = []history.Status{
	history.StatusWaiting, history.StatusRunning, history.StatusParked, history.StatusCompleted, history.StatusFailed,
	history.StatusCancelled, history.StatusTerminated, history.StatusTimedOut,
}

func statusName(s history.Status) string { return strings.ReplaceAll(s.String(), " ", "-") }

func statusNames() []string {
	names := make([]string, len(statuses))
	for i, s := range statuses {
		names[i] = statusName(s)
	}
	return names
}

func parseStatuses(names []string) ([]history.Status, error) {
	known := statusNames()
	var list []history.Status
	for _, name := range names {
		i := slices.Index(known, name)
		if i < 0 {
			return nil, cli.Usagef("unknown status %q: use one of %s", name, strings.Join(known, ", "))
		}
		list = append(list, statuses[i])
	}
	return list, nil
}

func anyStatus(history.Status) bool    { return true }
func openStatus(s history.Status) bool { return !s.Closed() }

// completionTimeout bounds how long a shell waits for names from a server.
const completionTimeout = time.Second

// completionMax is the number of runs, the last ones to change, whose names are completed.
const completionMax = 1000

// completeIDs completes the id of a workflow whose newest run has a fitting status.
func completeIDs(c *connection, fits func(history.Status) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, given []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(given) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var ids []cobra.Completion
		for _, info := range known(cmd, c) {
			if fits(info.Status) && strings.HasPrefix(info.ID, prefix) {
				ids = append(ids, cobra.CompletionWithDesc(info.ID, info.Status.String()+" "+info.Type))
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// completeTypes completes the name of a workflow type that has runs.
func completeTypes(c *connection) cobra.CompletionFunc {
	return func(cmd *cobra.Command, given []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(given) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var types []cobra.Completion
		for _, info := range known(cmd, c) {
			types = append(types, info.Type)
		}
		slices.Sort(types)
		return slices.Compact(types), cobra.ShellCompDirectiveNoFileComp
	}
}

// known lists the runs that the server knows. It returns nothing if the server does not answer soon, because a shell
// has no use for an error.
func known(cmd *cobra.Command, c *connection) (runs []*history.RunSummary) {
	quick := *c
	quick.timeout = completionTimeout
	_ = quick.do(cmd, func(ctx context.Context, cl *client.Client) (err error) {
		runs, err = cl.List(ctx, client.Filter{Limit: completionMax})
		return err
	})
	return runs
}
