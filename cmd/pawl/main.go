// Command pawl compiles annotated Go packages into durable ones, and looks after the runs of their workflows.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// Exit statuses. Scripts depend on them.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitFindings    = 100 // something was found by a command whose job it is to look
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, newRootCommand(), os.Args[1:]))
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "pawl",
		Short:         "Durable execution for Go",
		Long:          "Pawl makes Go functions durable, and looks after their runs. Flags may be written with one dash or two.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	showOneDash(root)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newGenerateCommand(),
		newCheckCommand(),
		newExplainCommand(),
		newDevCommand(),
		newRunCommand(),
		newBenchCommand(),
		newVersionCommand(),
	)
	return root
}

// run executes a command line and gives the exit status.
func run(ctx context.Context, root *cobra.Command, args []string) int {
	root.SetArgs(goStyle(root, args))
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	if message := errorText(err); message != "" {
		fmt.Fprintf(root.ErrOrStderr(), "pawl: %s\n", message)
	}
	return code
}

// goStyle turns -flag into --flag, so that flags may be written as those of the go command are.
func goStyle(root *cobra.Command, args []string) []string {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) { // a shell asks about the rest
		return append(args[:1:1], goStyle(root, args[1:])...)
	}
	cmd, _, err := root.Find(args)
	if err != nil {
		return args
	}
	out := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(out[i:], args[i:])
			return out
		}
		if isLong(cmd, arg) {
			arg = "-" + arg
		}
		out[i] = arg
	}
	return out
}

// showOneDash has help texts write flags as their examples do: with one dash.
func showOneDash(root *cobra.Command) {
	const usages = ".FlagUsages |"
	cobra.AddTemplateFunc("oneDash", oneDash)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), usages, usages+" oneDash |"))
}

var twoDashes = regexp.MustCompile(`(?m)^( +(?:-\w, )?)--`)

func oneDash(flags string) string { return twoDashes.ReplaceAllString(flags, "$1-") }

// isLong reports whether arg is the name of a flag behind one dash, and not a few one-letter flags in one.
func isLong(cmd *cobra.Command, arg string) bool {
	name, dashed := strings.CutPrefix(arg, "-")
	name, _, _ = strings.Cut(name, "=")
	if !dashed || len(name) < 2 || name[0] == '-' {
		return false
	}
	return cmd.Flag(name) != nil || cmd.Flags().ShorthandLookup(name[:1]) == nil
}

// statusError is an error with an exit status of its own. Without a message the command has said it all.
type statusError struct {
	code int
	err  error
}

func (e statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e statusError) Unwrap() error { return e.err }

// usageError is a command line that means nothing.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitCode(ctx context.Context, err error) int {
	var status statusError
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		return status.code
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		return exitUsage
	}
	return exitFailure
}

func errorText(err error) string {
	var usage usageError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		return err.Error() + "\nsee pawl --help"
	}
	return err.Error()
}

// args makes what is wrong with a command's arguments a usage error.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if err := check(cmd, given); err != nil {
			return usageError{err}
		}
		return nil
	}
}
