// pawl run start: start a workflow by the name of its type.

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

func newRunStartCommand() *cobra.Command {
	var s start
	cmd := &cobra.Command{
		Use:   "start TYPE [ID]",
		Short: "Start a workflow",
		Long: `Start starts a workflow by the name of its type: the path of its package, a dot, and its name. Without an ID the workflow
gets a random one. Start prints the workflow id and the run id when the start is stored. If the run parks within a second,
for example because an input is missing, or if no worker serves its task queue, start says so on standard error. With
--wait it waits for the end of the run and prints its result, as pawl run result does. Interrupting it does not affect the
run.

Each --input is one argument of the workflow after its context: JSON, @FILE, or - for standard input.

The JSON output is an object with id and run_id.`,
		Example: `  pawl run start example.com/shop.Checkout order-81 --input '{"Item":"piano"}'
  pawl run start example.com/shop.Checkout order-82 --input @order.json --wait`,
		Args: cli.Args(1, 2, "give each argument of the workflow with --input"),
	}
	conn, output := addNamespace(cmd), cli.AddFormat(cmd)
	cmd.ValidArgsFunction = completeTypes(conn)
	s.addFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, given []string) error {
		req, opts, err := s.request(cmd.InOrStdin(), given)
		if err != nil {
			return err
		}
		var trouble string
		err = conn.do(cmd, func(ctx context.Context, c *client.Client) error {
			req.RunID, err = c.StartRequest(ctx, req, opts...)
			if err == nil && !s.wait {
				trouble = troubleAtStart(ctx, c, workflowRef{req.ID, req.RunID})
			}
			return err
		})
		ref := workflowRef{req.ID, req.RunID}
		switch {
		case err != nil:
			return err
		case s.wait:
			return wait(cmd, conn, *output, ref, 0)
		}
		if trouble != "" {
			cli.Note(cmd.ErrOrStderr(), "%s", trouble)
		}
		if *output == cli.FormatJSON {
			return cli.PrintJSON(cmd.OutOrStdout(), ref)
		}
		t := cli.Table{Header: []string{"ID", "RUN"}}
		t.Add(ref.ID, ref.RunID)
		return t.Write(cmd.OutOrStdout())
	}
	return cmd
}

// beginning is how long start looks whether a worker takes the run.
const beginning = time.Second

// troubleAtStart returns why a run that was just started does not begin; empty if it does, or if that cannot be found out. The
// person who typed the command can correct it.
func troubleAtStart(ctx context.Context, c *client.Client, ref workflowRef) string {
	ctx, cancel := context.WithTimeout(ctx, beginning)
	defer cancel()
	var last *client.Description
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		d, err := c.Describe(ctx, ref.ID, ref.RunID)
		switch {
		case err == nil && d.Status == history.StatusParked:
			firstLine, _, _ := strings.Cut(d.Parked, "\n")
			return fmt.Sprintf("workflow %q is parked: %s; pawl run terminate %s ends it", ref.ID, firstLine, ref.ID)
		case err == nil && d.Status != history.StatusWaiting:
			return ""
		case err == nil:
			last = d
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			if last != nil && last.Unserved {
				return fmt.Sprintf("workflow %q waits: no worker serves task queue %s; start one, or correct the type or --queue and terminate this run with pawl run terminate %s", ref.ID, last.Queue, ref.ID)
			}
			return ""
		}
	}
}

// start holds the flags of the command.
type start struct {
	inputs                []string
	queue, requestID      string
	reuse, conflict       string
	runTimeout, retention time.Duration
	wait                  bool
}

var reusePolicies = map[string]history.ReusePolicy{
	"allow": history.ReuseAllow, "if-failed": history.ReuseIfFailed, "reject": history.ReuseReject,
}

var conflictPolicies = map[string]history.ConflictPolicy{
	"fail": history.ConflictFail, "use-existing": history.ConflictUseExisting, "terminate": history.ConflictTerminate,
}

func (s *start) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.inputs, "input", nil, "argument of the workflow: JSON, @FILE or -; repeat the flag for further arguments")
	f.StringVar(&s.queue, "queue", "", "task queue (default the package path of the type)")
	f.StringVar(&s.requestID, "request-id", "", "make the start idempotent: a second start with the same id and request id starts nothing")
	f.StringVar(&s.reuse, "reuse", "allow", "whether the id of a closed run may be used again: allow, if-failed or reject")
	f.StringVar(&s.conflict, "conflict", "fail", "what to do if the id has an open run: fail, use-existing or terminate")
	f.DurationVar(&s.runTimeout, "run-timeout", 0, "how long the run may stay open (default no limit)")
	f.DurationVar(&s.retention, "retention", client.DefaultRetention, "how long the run stays readable after it closed")
	f.BoolVar(&s.wait, "wait", false, "wait for the run to end and print its result")
	_ = cmd.RegisterFlagCompletionFunc("reuse", cobra.FixedCompletions(slices.Sorted(maps.Keys(reusePolicies)), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("conflict", cobra.FixedCompletions(slices.Sorted(maps.Keys(conflictPolicies)), cobra.ShellCompDirectiveNoFileComp))
}

// request returns the start request for the command line.
func (s *start) request(stdin io.Reader, given []string) (*history.StartRequest, []client.StartOption, error) {
	req := &history.StartRequest{Type: given[0], Queue: s.queue}
	if len(given) > 1 {
		req.ID = given[1]
	}
	var err error
	if req.Queue == "" {
		if req.Queue, err = packageOf(req.Type); err != nil {
			return nil, nil, err
		}
	}
	if req.Input, err = readInputs(stdin, s.inputs); err != nil {
		return nil, nil, err
	}
	reuse, ok := reusePolicies[s.reuse]
	if !ok {
		return nil, nil, cli.Usagef("--reuse %s: it must be allow, if-failed or reject", s.reuse)
	}
	conflict, ok := conflictPolicies[s.conflict]
	if !ok {
		return nil, nil, cli.Usagef("--conflict %s: it must be fail, use-existing or terminate", s.conflict)
	}
	opts := []client.StartOption{
		client.RequestID(s.requestID), client.RunTimeout(s.runTimeout), client.RunRetention(s.retention),
		client.OnReuse(reuse), client.OnConflict(conflict),
	}
	return req, opts, nil
}

// packageOf returns the package path of a workflow type, which is its default task queue.
func packageOf(typ string) (string, error) {
	slash := strings.LastIndexByte(typ, '/') + 1
	name, _, ok := strings.Cut(typ[slash:], ".")
	if !ok || name == "" {
		return "", cli.Usagef("%q does not look like a workflow type such as example.com/shop.Checkout: correct it, or name the task queue with --queue", typ)
	}
	return typ[:slash] + name, nil
}

// readInputs returns the payload for the arguments of a workflow.
func readInputs(stdin io.Reader, inputs []string) (history.Payload, error) {
	values := make([]any, len(inputs))
	for i, input := range inputs {
		data, err := readInput(stdin, input)
		if err != nil {
			return history.Payload{}, err
		}
		if !json.Valid(data) {
			return history.Payload{}, cli.Usagef("--input %s is not JSON: quote it for the shell, or use @FILE", input)
		}
		values[i] = json.RawMessage(data)
	}
	return payloads.Encode("", values)
}

func readInput(stdin io.Reader, input string) ([]byte, error) {
	if input == "-" {
		return io.ReadAll(stdin)
	}
	name, isFile := strings.CutPrefix(input, "@")
	if !isFile {
		return []byte(input), nil
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, cli.Usagef("--input: %w", err)
	}
	return data, err
}
