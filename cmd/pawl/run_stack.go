// pawl run stack: show what the goroutines of a run are waiting for.

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

func newRunStackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stack ID",
		Short: "Show what the goroutines of a run are waiting for",
		Long: `Stack asks the worker that has an open run in memory for the stacks of its goroutines: what each of them is waiting for,
on which source lines, and where it was started. If no worker has the run in memory, a worker loads it. If the code of
the run is running, stack shows where it is at that moment.

The JSON output is an object with id, run_id, worker and goroutines. Goroutines is a list of objects with path, waiting,
started and stack.`,
		Example: `  pawl run stack order-81`,
		Args:    cli.Args(1, 1, "select one of several runs with --run"),
	}
	conn, output, runID := addNamespace(cmd), cli.AddFormat(cmd), addRunFlag(cmd)
	wait := cmd.Flags().Duration("wait", 5*time.Second, "how long to wait for an answer from a worker")
	cmd.ValidArgsFunction = completeIDs(conn, anyStatus)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return conn.do(cmd, func(ctx context.Context, c *client.Client) error {
			ctx, cancel := context.WithTimeout(ctx, *wait)
			defer cancel()
			stack, err := c.Stack(ctx, ids[0], *runID)
			if err != nil {
				return err
			}
			return printStack(cmd, *output, workflowRef{ids[0], *runID}, stack)
		})
	}
	return cmd
}

// shownStack is the stack of a run in JSON.
type shownStack struct {
	workflowRef
	Worker     string      `json:"worker"`
	Goroutines []goroutine `json:"goroutines"`
}

type goroutine struct {
	Path    string   `json:"path,omitempty"`
	Waiting string   `json:"waiting,omitempty"`
	Started string   `json:"started,omitempty"`
	Stack   []string `json:"stack"`
}

func printStack(cmd *cobra.Command, f cli.Format, ref workflowRef, stack *history.Stack) error {
	w := cmd.OutOrStdout()
	if f == cli.FormatJSON {
		s := shownStack{workflowRef: ref, Worker: stack.Worker, Goroutines: []goroutine{}}
		for _, c := range stack.Coroutines {
			s.Goroutines = append(s.Goroutines, goroutine{c.Path, c.Waiting, c.Started, append([]string{}, c.Stack...)})
		}
		return cli.PrintJSON(w, s)
	}
	for i, c := range stack.Coroutines {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if c.Waiting == "" {
			fmt.Fprintln(w, "the running goroutine does not wait for anything")
		} else {
			fmt.Fprintf(w, "goroutine %s waits for %s\n", c.Path, c.Waiting)
		}
		for _, line := range c.Stack {
			fmt.Fprintf(w, "  at %s\n", line)
		}
		if c.Started != "" {
			fmt.Fprintf(w, "  started at %s\n", c.Started)
		}
	}
	return nil
}
