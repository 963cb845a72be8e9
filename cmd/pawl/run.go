// pawl run: the runs of workflows on a NATS server.

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

func newRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Look after the runs of workflows",
		Long: `Run lists, shows, starts and ends the runs of workflows, on the NATS server that -url or the environment variable
NATS_URL names, else on the one that pawl dev runs.

Exit status: 0 done, 1 failure, 2 usage, 3 the server refuses this user, 4 no such workflow, 5 the state of things
does not allow it, 6 the server cannot be reached, 10 the run failed, 11 it was cancelled or terminated,
130 interrupted.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newRunListCommand(),
		newRunShowCommand(),
		newRunStackCommand(),
		newRunStartCommand(),
		newRunResultCommand(),
		newRunCancelCommand(),
		newRunTerminateCommand(),
	)
	return cmd
}

// workflowRef is which run a command is about.
type workflowRef struct {
	ID    string `json:"id"`
	RunID string `json:"run_id,omitempty"`
}

// addRunFlag gives a command the flag that names one run of a workflow id.
func addRunFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("run", "", "id of the run (default the newest one of the workflow)")
}

// The statuses of runs, as flags and JSON have them.
var statuses = []history.Status{
	history.StatusRunning, history.StatusParked, history.StatusCompleted, history.StatusFailed,
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
			return nil, usageError{fmt.Errorf("no status %q: there are %s", name, strings.Join(known, ", "))}
		}
		list = append(list, statuses[i])
	}
	return list, nil
}

// completionTimeout bounds how long a shell waits for names from a server.
const completionTimeout = time.Second

// completeIDs completes the id of a workflow whose run the command could be about.
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

// completeTypes completes the name of a workflow type of which there are runs.
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

// known lists what the server knows, or nothing if it does not answer soon: a shell has no use for an error.
func known(cmd *cobra.Command, c *connection) (runs []*history.RunSummary) {
	quick := *c
	quick.timeout = completionTimeout
	_ = quick.do(cmd, func(ctx context.Context, cl *client.Client) (err error) {
		runs, err = cl.List(ctx, client.Filter{})
		return err
	})
	return runs
}

func anyStatus(history.Status) bool        { return true }
func openStatus(s history.Status) bool     { return !s.Closed() }
func note(w io.Writer, f string, a ...any) { fmt.Fprintf(w, f+"\n", a...) }
