// pawl run cancel and pawl run terminate: two ways to end a run.

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

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
)

func newRunCancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cancel ID",
		Short: "Ask a run to cancel its context",
		Long: `Cancel asks a run to cancel its context. This also cancels the activities that it is waiting for. The code of the
workflow decides what happens next. It may clean up by calling activities with context.WithoutCancel(ctx).

As in plain Go, cancelling the context does not interrupt time.Sleep: a sleeping run notices the cancellation when it
wakes and then uses its context. pawl run terminate ends it immediately, without cleaning up.

The JSON output is an object with id and run_id.`,
		Example: `  pawl run cancel order-81 --reason 'customer changed her mind'`,
		Args:    cli.Args(1, 1, "give the reason with --reason"),
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
		Short: "Close a run without running its code",
		Long: `Terminate closes a run without running its code: it does not clean up, and no compensation runs. Try cancel first. A
worker of the run's task queue closes the run. Terminate asks for confirmation; without a terminal, use --yes.

The JSON output is an object with id and run_id.`,
		Example: `  pawl run terminate order-81 --yes --reason 'stuck for good'`,
		Args:    cli.Args(1, 1, "give the reason with --reason"),
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

// ending holds the flags of both commands.
type ending struct {
	conn          *connection
	output        *cli.Format
	runID, reason *string
}

func addEnding(cmd *cobra.Command) *ending {
	e := &ending{
		addNamespace(cmd), cli.AddFormat(cmd), addRunFlag(cmd),
		cmd.Flags().String("reason", "", "reason, for the history"),
	}
	cmd.ValidArgsFunction = completeIDs(e.conn, openStatus)
	return e
}

// sender is a method of the client that sends a request to end a run.
type sender func(c *client.Client, ctx context.Context, id, runID, reason string) error

// ask sends the request and prints what happens next.
func (e *ending) ask(cmd *cobra.Command, verb, id string, send sender, after func(*client.Description) string) error {
	ref := workflowRef{id, *e.runID}
	var d *client.Description
	err := e.conn.do(cmd, func(ctx context.Context, c *client.Client) (err error) {
		if d, err = c.Describe(ctx, ref.ID, ref.RunID); err != nil {
			return err
		}
		if d.Status.Closed() {
			return cli.WithStatus(cli.Conflict, fmt.Errorf("cannot %s workflow %q: its run %s is already closed (%s)", verb, id, d.RunID, d.Status))
		}
		ref.RunID = d.RunID
		return send(c, ctx, ref.ID, ref.RunID, *e.reason)
	})
	if err != nil {
		return err
	}
	if *e.output == cli.FormatJSON {
		return cli.PrintJSON(cmd.OutOrStdout(), ref)
	}
	cli.Note(cmd.ErrOrStderr(), "requested to %s workflow %q: %s", verb, id, after(d))
	return nil
}

// afterCancel says what a run does after a request to cancel it. A sleeping run does not notice.
func afterCancel(d *client.Description) string {
	if wakes := wakesAt(d.Pending); !wakes.IsZero() {
		return fmt.Sprintf("it sleeps until %s and notices then; pawl run terminate %s ends it immediately, without cleaning up",
			wakes.UTC().Format(time.RFC3339), d.ID)
	}
	return fmt.Sprintf("its code decides what happens next; pawl run result %s waits for its end", d.ID)
}

func afterTerminate(d *client.Description) string {
	return fmt.Sprintf("a worker of task queue %s closes it, without cleaning up", d.Queue)
}

// wakesAt returns when the first of several sleeps ends. It returns the zero time if the run waits for anything else, or
// for nothing.
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

// confirm asks a question, and returns an error unless the answer is yes. There is no answer without a terminal, or from
// /dev/null, which looks like one.
func confirm(cmd *cobra.Command, question string) error {
	unanswered := cli.Usagef("%s cannot ask without a terminal: use --yes", question)
	if !cli.IsTerminal(cmd.InOrStdin()) {
		return unanswered
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s [y/N] ", question)
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	case "":
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(cmd.ErrOrStderr())
			return unanswered
		}
	}
	return cli.WithStatus(cli.Failure, errors.Join(errors.New("nothing was done"), err))
}
