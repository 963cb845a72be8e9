// pawl run cancel and pawl run terminate: two ways to have a run end.

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
)

func newRunCancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cancel ID",
		Short: "Ask a run to cancel its context",
		Long: `Cancel asks a run to cancel its context, and with it the activities under way. The workflow's code decides what
follows; it may clean up first, by activities that it calls with context.WithoutCancel(ctx).

As everywhere in Go, time.Sleep does not end early: a run that sleeps sees the cancellation when it wakes and looks at
its context or calls an activity. pawl run terminate ends it at once, without compensation.

JSON is an object: id, run_id.`,
		Example: `  pawl run cancel order-81 -reason 'customer changed her mind'`,
		Args:    args(cobra.ExactArgs(1)),
	}
	e := addEnding(cmd)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return e.ask(cmd, "cancel", ids[0], (*client.Client).Cancel, afterCancel)
	}
	return cmd
}

func newRunTerminateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "terminate ID",
		Short: "Close a run without asking its code",
		Long: `Terminate closes a run without asking its code: nothing is cleaned up, no compensation runs. Try cancel first. A worker
of the run's queue carries it out. It asks for confirmation; without a terminal, -yes must give it.

JSON is an object: id, run_id.`,
		Example: `  pawl run terminate order-81 -yes -reason 'stuck for good'`,
		Args:    args(cobra.ExactArgs(1)),
	}
	e := addEnding(cmd)
	yes := cmd.Flags().Bool("yes", false, "do not ask for confirmation")
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		if !*yes {
			if err := confirm(cmd, fmt.Sprintf("terminate workflow %q without cleaning up?", ids[0])); err != nil {
				return err
			}
		}
		return e.ask(cmd, "terminate", ids[0], (*client.Client).Terminate, afterTerminate)
	}
	return cmd
}

// ending is what the flags of both commands say.
type ending struct {
	conn          *connection
	output        *format
	runID, reason *string
}

func addEnding(cmd *cobra.Command) *ending {
	e := &ending{
		addNamespace(cmd), addFormat(cmd), addRunFlag(cmd),
		cmd.Flags().String("reason", "", "why, for the history"),
	}
	cmd.ValidArgsFunction = completeIDs(e.conn, openStatus)
	return e
}

// sender is the client's method that sends a request to end a run.
type sender func(c *client.Client, ctx context.Context, id, runID, reason string) error

// ask sends the request, and says what follows from it. A worker of the run's queue carries it out.
func (e *ending) ask(cmd *cobra.Command, verb, id string, send sender, after func(*client.Description) string) error {
	ref := workflowRef{id, *e.runID}
	var d *client.Description
	err := e.conn.do(cmd, func(ctx context.Context, c *client.Client) (err error) {
		if d, err = c.Describe(ctx, ref.ID, ref.RunID); err != nil {
			return err
		}
		if d.Status.Closed() {
			return statusError{exitConflict, fmt.Errorf("cannot %s workflow %q: its run %s is closed already, as %s", verb, id, d.RunID, d.Status)}
		}
		ref.RunID = d.RunID
		return send(c, ctx, ref.ID, ref.RunID, *e.reason)
	})
	if err != nil {
		return err
	}
	if *e.output == formatJSON {
		return printJSON(cmd.OutOrStdout(), ref)
	}
	note(cmd.ErrOrStderr(), "asked to %s workflow %q: %s", verb, id, after(d))
	return nil
}

// afterCancel says how a run that was asked to cancel goes on. One that only sleeps does not notice.
func afterCancel(d *client.Description) string {
	if wakes := wakesAt(d.Pending); !wakes.IsZero() {
		return fmt.Sprintf("it sleeps until %s and sees it then; pawl run terminate %s ends it now, without compensation",
			wakes.UTC().Format(time.RFC3339), d.ID)
	}
	return fmt.Sprintf("its code decides what follows; pawl run result %s waits for its end", d.ID)
}

func afterTerminate(d *client.Description) string {
	return fmt.Sprintf("a worker of queue %s closes it, and no compensation runs", d.Queue)
}

// wakesAt is when the first of some sleeps is over; zero if a run waits for anything else, or for nothing.
func wakesAt(waits []client.Pending) (first time.Time) {
	for _, p := range waits {
		if p.Kind != "timer" || p.Name != "sleep" {
			return time.Time{}
		}
		if first.IsZero() || p.Due.Before(first) {
			first = p.Due
		}
	}
	return first
}

// confirm asks a question that must be answered with yes. Nobody answers if there is no terminal, nor does /dev/null,
// which looks like one.
func confirm(cmd *cobra.Command, question string) error {
	nobody := usageError{errors.New(question + " Nobody is there to answer: say -yes")}
	if !isTerminal(cmd.InOrStdin()) {
		return nobody
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s [y/N] ", question)
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	case "":
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(cmd.ErrOrStderr())
			return nobody
		}
	}
	return statusError{exitFailure, errors.Join(errors.New("nothing was done"), err)}
}
