// pawl run cancel and pawl run terminate: two ways to have a run end.

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/runtime/client"
)

func newRunCancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cancel ID",
		Short: "Ask a run to cancel its context",
		Long: `Cancel asks a run to cancel its context, and with it the activities under way. The workflow's code decides what
follows; it may clean up first.

JSON is an object: id, run_id.`,
		Example: `  pawl run cancel order-81 -reason 'customer changed her mind'`,
		Args:    args(cobra.ExactArgs(1)),
	}
	e := addEnding(cmd)
	cmd.RunE = func(cmd *cobra.Command, ids []string) error {
		return e.ask(cmd, "cancel", ids[0], (*client.Client).Cancel)
	}
	return cmd
}

func newRunTerminateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "terminate ID",
		Short: "Close a run without asking its code",
		Long: `Terminate closes a run without asking its code: nothing is cleaned up, no compensation runs. Try cancel first. It asks
for confirmation; without a terminal, -yes must give it.

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
		return e.ask(cmd, "terminate", ids[0], (*client.Client).Terminate)
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

// ask sends the request. A worker of the run's queue carries it out.
func (e *ending) ask(cmd *cobra.Command, verb, id string, send func(c *client.Client, ctx context.Context, id, runID, reason string) error) error {
	ref := workflowRef{id, *e.runID}
	err := e.conn.do(cmd, func(ctx context.Context, c *client.Client) error {
		d, err := c.Describe(ctx, ref.ID, ref.RunID)
		if err != nil {
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
	note(cmd.ErrOrStderr(), "asked to %s workflow %q: pawl run result %s waits for its end", verb, id, id)
	return nil
}

// confirm asks a question that must be answered with yes.
func confirm(cmd *cobra.Command, question string) error {
	if !isTerminal(cmd.InOrStdin()) {
		return usageError{errors.New(question + " Say -yes: there is no terminal to ask on")}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s [y/N] ", question)
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return statusError{exitFailure, errors.Join(errors.New("nothing was done"), err)}
}
