// pawl run stack: where the goroutines of a run stand.

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

func newRunStackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stack ID",
		Short: "Show where the goroutines of a run stand",
		Long: `Stack asks the worker that has an open run in memory where its goroutines stand: what each of them waits for, on which
lines of the author's, and what started it. If no worker has the run in memory, its owner loads it. A run whose code does
not give up its turn is shown where it is just then.

JSON is an object: id, run_id, worker and goroutines (a list: path, waiting, started, stack).`,
		Example: `  pawl run stack order-81`,
		Args:    args(cobra.ExactArgs(1)),
	}
	conn, output, runID := addNamespace(cmd), addFormat(cmd), addRunFlag(cmd)
	wait := cmd.Flags().Duration("wait", 5*time.Second, "how long to wait for a worker that answers")
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

// shownStack is the stack of a run as JSON has it.
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

func printStack(cmd *cobra.Command, f format, ref workflowRef, stack *history.Stack) error {
	w := cmd.OutOrStdout()
	if f == formatJSON {
		s := shownStack{workflowRef: ref, Worker: stack.Worker, Goroutines: []goroutine{}}
		for _, c := range stack.Coroutines {
			s.Goroutines = append(s.Goroutines, goroutine{c.Path, c.Waiting, c.Started, append([]string{}, c.Stack...)})
		}
		return printJSON(w, s)
	}
	for i, c := range stack.Coroutines {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if c.Waiting == "" {
			fmt.Fprintln(w, "the goroutine whose turn it is does not give it up")
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
