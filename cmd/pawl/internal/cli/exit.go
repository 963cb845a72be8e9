// Package cli holds what the subcommands of pawl share: exit statuses, the form of their output, and tables. It knows
// nothing about workflows.
package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Exit statuses. Scripts depend on them.
const (
	OK           = 0
	Failure      = 1
	Usage        = 2
	Auth         = 3   // the server refuses this user
	NotFound     = 4   // no such workflow or run
	Conflict     = 5   // the state of the run, or of the server, does not allow it
	Unavailable  = 6   // the server cannot be reached, or did not answer in time
	RunFailed    = 10  // the run failed or timed out
	RunCancelled = 11  // the run was cancelled or terminated
	Found        = 100 // a command that looks for something found it
	Interrupted  = 130
)

// statusError is an error with an exit status. A nil err means that the command has printed everything.
type statusError struct {
	status int
	err    error
}

func (e statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e statusError) Unwrap() error { return e.err }

// WithStatus returns an error that ends the program with an exit status. If err is nil, nothing is printed.
func WithStatus(status int, err error) error { return statusError{status, err} }

// HasStatus reports whether err already has an exit status.
func HasStatus(err error) bool {
	var status statusError
	return errors.As(err, &status)
}

// Usagef returns an error about the command line.
func Usagef(format string, a ...any) error { return WithStatus(Usage, fmt.Errorf(format, a...)) }

// Args checks the number of a command's arguments. hint says where what is given in excess belongs; it may be empty.
func Args(least, most int, hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch n := len(args); {
		case n >= least && n <= most:
			return nil
		case n > most && hint != "":
			return Usagef("%s: unexpected argument %q: %s", cmd.CommandPath(), args[most], hint)
		case n > most:
			return Usagef("%s: unexpected argument %q: the usage is %s", cmd.CommandPath(), args[most], cmd.UseLine())
		}
		return Usagef("%s: an argument is missing: the usage is %s", cmd.CommandPath(), cmd.UseLine())
	}
}

// maxDistance is how many letters a mistyped subcommand may differ from the one that is suggested.
const maxDistance = 2

// noSubcommand reports that there is no such subcommand, and which one may be meant.
func noSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
	if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
		text += fmt.Sprintf(": did you mean %s?", strings.Join(similar, " or "))
	}
	return Usagef("%s", text)
}

// Group makes cmd a command that only has subcommands: by itself it prints its help.
func Group(cmd *cobra.Command, subcommands ...*cobra.Command) *cobra.Command {
	cmd.Args, cmd.SuggestionsMinimumDistance = noSubcommand, maxDistance
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(subcommands...)
	return cmd
}

// Run executes a command line, prints its error, and returns the exit status.
func Run(ctx context.Context, root *cobra.Command, args []string) int {
	root.SilenceUsage, root.SilenceErrors = true, true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return WithStatus(Usage, err) })
	root.SetArgs(args)
	root.SetOut(&plain{w: root.OutOrStdout()})
	root.SetErr(&plain{w: root.ErrOrStderr()})
	cmd, err := root.ExecuteContextC(ctx)
	status := exitStatus(ctx, err)
	if err != nil && err.Error() != "" {
		fmt.Fprintf(root.ErrOrStderr(), "%s: %v\n", root.Name(), err)
		if status == Usage {
			fmt.Fprintf(root.ErrOrStderr(), "see %s --help\n", cmd.CommandPath())
		}
	}
	return status
}

func exitStatus(ctx context.Context, err error) int {
	var status statusError
	switch {
	case err == nil:
		return OK
	case errors.As(err, &status):
		return status.status
	case ctx.Err() != nil:
		return Interrupted
	}
	return Failure
}
