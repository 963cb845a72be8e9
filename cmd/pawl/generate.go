// pawl generate: write stubs and replay-safe copies.

package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
)

func newGenerateCommand() *cobra.Command {
	var check, diff bool
	var tags, overlay string
	cmd := &cobra.Command{
		Use:   "generate [packages]",
		Short: "Write typed stubs and replay-safe copies of annotated packages",
		Long: `Generate compiles the packages, by default the one in the current directory. Next to the code it writes pawl.gen.go, with
the stubs and the registration, and *.pawl.go, with the copies that workflows run. It also writes copies in other
packages of the module whose functions the workflows call. It writes a file only if its content changes. A package with
findings keeps the files that it has, as do all packages that import it.

To run it with go generate: //go:generate go tool pawl generate

Exit status: 0 success, 1 failure or findings in the code, 2 usage; with --check or --diff, 100 if the code has
findings or a file is out of date.`,
		RunE: func(cmd *cobra.Command, packages []string) error {
			if check && diff {
				return cli.Usagef("--check and --diff cannot be combined: --diff also checks")
			}
			if overlay != "" && (check || diff) {
				return cli.Usagef("--overlay writes files, but --check and --diff do not: use only one of them")
			}
			collectLessOften()
			result, err := gen.Generate(cmd.Context(), gen.Config{Patterns: packages, BuildFlags: buildFlags(tags)})
			if err != nil {
				return err
			}
			if err := printFindings(cmd.ErrOrStderr(), cli.FormatTable, result.Remarks); err != nil {
				return err
			}
			if len(result.Diagnostics)+len(result.Files)+len(result.Sources) == 0 {
				cli.Note(cmd.ErrOrStderr(), "nothing to generate: no package has a directive such as //pawl:workflow")
			}
			switch {
			case len(result.Diagnostics) > 0 && (check || diff):
				return failWith(cmd, result, cli.Found)
			case len(result.Diagnostics) > 0:
				return errors.Join(failWith(cmd, result, cli.Failure), result.Write())
			case check:
				return reportStale(cmd.OutOrStdout(), result)
			case diff:
				return reportDiff(cmd.OutOrStdout(), result)
			case overlay != "":
				return writeOverlay(cmd.OutOrStdout(), result, overlay)
			}
			return result.Write()
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; list the files that are out of date, and exit with status 100 if there are any")
	cmd.Flags().BoolVar(&diff, "diff", false, "write nothing; print what would change, and exit with status 100 if anything would")
	cmd.Flags().StringVar(&overlay, "overlay", "", "also write an overlay for debug builds to this directory, and print its name for go build -overlay")
	addTags(cmd, &tags)
	return cmd
}

func writeOverlay(w io.Writer, result *gen.Result, dir string) error {
	if err := result.Write(); err != nil {
		return err
	}
	name, err := result.Overlay(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, name)
	return err
}

// failWith prints the findings that stopped the compiler, and returns an error with the exit status.
func failWith(cmd *cobra.Command, result *gen.Result, status int) error {
	if err := printFindings(cmd.ErrOrStderr(), cli.FormatTable, result.Diagnostics); err != nil {
		return err
	}
	return cli.WithStatus(status, nil)
}

func reportStale(w io.Writer, result *gen.Result) error {
	stale := result.Stale()
	for _, f := range stale {
		fmt.Fprintln(w, diag.Rel(f.Path, result.Dir))
	}
	return foundAny(len(stale) > 0, "generated files are out of date: run go generate")
}

func reportDiff(w io.Writer, result *gen.Result) error {
	diff := result.Diff()
	if _, err := w.Write(diff); err != nil {
		return err
	}
	return foundAny(len(diff) > 0, "")
}

// foundAny returns the error of a command that looks for something, if it found any.
func foundAny(found bool, message string) error {
	switch {
	case !found:
		return nil
	case message == "":
		return cli.WithStatus(cli.Found, nil)
	}
	return cli.WithStatus(cli.Found, errors.New(message))
}

// collectLessOften makes the garbage collector use more memory and less time, because the process ends soon.
func collectLessOften() { debug.SetGCPercent(400) }

func addTags(cmd *cobra.Command, tags *string) {
	cmd.Flags().StringVar(tags, "tags", "", "build tags, as for go build")
}

func buildFlags(tags string) []string {
	if tags == "" {
		return nil
	}
	return []string{"-tags=" + tags}
}
