// pawl run start: starts a workflow by the name of its type.

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

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/codec"
)

func newRunStartCommand() *cobra.Command {
	var s start
	cmd := &cobra.Command{
		Use:   "start TYPE [ID]",
		Short: "Start a workflow",
		Long: `Start starts a workflow by the name of its type: the path of its package, a dot and its name. Without an ID it gets a
random one. It prints the id of the workflow and of the run once the start is stored, or with -wait the result once the
run has ended, as pawl run result does. Interrupting the wait leaves the run as it is.

Each -input is one argument of the workflow after its context: JSON, @FILE, or - for standard input.

JSON is an object: id, run_id.`,
		Example: `  pawl run start example.com/shop.Checkout order-81 -input '{"Item":"piano"}'
  pawl run start example.com/shop.Checkout order-82 -input @order.json -wait`,
		Args: args(cobra.RangeArgs(1, 2)),
	}
	conn, output := addNamespace(cmd), addFormat(cmd)
	cmd.ValidArgsFunction = completeTypes(conn)
	s.addFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, given []string) error {
		req, opts, err := s.request(cmd.InOrStdin(), given)
		if err != nil {
			return err
		}
		err = conn.do(cmd, func(ctx context.Context, c *client.Client) error {
			req.RunID, err = c.StartRequest(ctx, req, opts...)
			return err
		})
		ref := workflowRef{req.ID, req.RunID}
		switch {
		case err != nil:
			return err
		case s.wait:
			return wait(cmd, conn, *output, ref, 0)
		case *output == formatJSON:
			return printJSON(cmd.OutOrStdout(), ref)
		}
		t := table{header: []string{"ID", "RUN"}, rows: [][]string{{ref.ID, ref.RunID}}}
		return t.write(cmd.OutOrStdout())
	}
	return cmd
}

// start is what the flags of the command say.
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
	f.StringArrayVar(&s.inputs, "input", nil, "argument of the workflow: JSON, @FILE or -; once for each")
	f.StringVar(&s.queue, "queue", "", "task queue (default the path of the type's package)")
	f.StringVar(&s.requestID, "request-id", "", "starting again with the same id and request id starts nothing and succeeds")
	f.StringVar(&s.reuse, "reuse", "allow", "whether the ID of a closed run may be used again: allow, if-failed or reject")
	f.StringVar(&s.conflict, "conflict", "fail", "what to do if a run of the ID is open: fail, use-existing or terminate")
	f.DurationVar(&s.runTimeout, "run-timeout", 0, "close the run as timed out if it is still open after this (default never)")
	f.DurationVar(&s.retention, "retention", client.DefaultRetention, "how long the closed run stays readable")
	f.BoolVar(&s.wait, "wait", false, "wait for the run to end, and print its result")
	_ = cmd.RegisterFlagCompletionFunc("reuse", cobra.FixedCompletions(slices.Sorted(maps.Keys(reusePolicies)), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("conflict", cobra.FixedCompletions(slices.Sorted(maps.Keys(conflictPolicies)), cobra.ShellCompDirectiveNoFileComp))
}

// request makes a start request of the command line.
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
		return nil, nil, usageError{fmt.Errorf("-reuse %s: it must be allow, if-failed or reject", s.reuse)}
	}
	conflict, ok := conflictPolicies[s.conflict]
	if !ok {
		return nil, nil, usageError{fmt.Errorf("-conflict %s: it must be fail, use-existing or terminate", s.conflict)}
	}
	opts := []client.StartOption{
		client.RequestID(s.requestID), client.RunTimeout(s.runTimeout), client.RunRetention(s.retention),
		client.OnReuse(reuse), client.OnConflict(conflict),
	}
	return req, opts, nil
}

// packageOf is the path of the package of a workflow type: the default task queue of what is annotated there.
func packageOf(typ string) (string, error) {
	slash := strings.LastIndexByte(typ, '/') + 1
	name, _, ok := strings.Cut(typ[slash:], ".")
	if !ok || name == "" {
		return "", usageError{fmt.Errorf("%q is not the name of a workflow type, such as example.com/shop.Checkout; if it is, say its -queue", typ)}
	}
	return typ[:slash] + name, nil
}

// readInputs makes one payload of the arguments of a workflow.
func readInputs(stdin io.Reader, inputs []string) (history.Payload, error) {
	values := make([]any, len(inputs))
	for i, input := range inputs {
		data, err := readInput(stdin, input)
		if err != nil {
			return history.Payload{}, err
		}
		if !json.Valid(data) {
			return history.Payload{}, usageError{fmt.Errorf("-input %s is not JSON: quote it for the shell, or use @FILE", input)}
		}
		values[i] = json.RawMessage(data)
	}
	return codec.Encode("", values)
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
		return nil, usageError{fmt.Errorf("-input: %w", err)}
	}
	return data, err
}
