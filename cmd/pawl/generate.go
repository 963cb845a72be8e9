// pawl generate: writes stubs and replay-safe copies.

package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
)

func newGenerateCommand() *cobra.Command {
	var check, diff bool
	var tags, overlay string
	cmd := &cobra.Command{
		Use:   "generate [packages]",
		Short: "Write typed stubs and replay-safe copies of annotated packages",
		Long: `Generate compiles the packages (the one in the current directory if none is named) and writes, beside the code,
pawl.gen.go with stubs and module, and *.pawl.go with the copies that workflows run from. Files are written only if
they change, and only if everything compiles. Packages of the module that they build on get their copies, too.

Call it by go generate: //go:generate go tool pawl generate

Exit status: 0 done, 1 failure or findings in the code, 2 usage; with -check or -diff, 100 if the code has findings or
a file is out of date.`,
		RunE: func(cmd *cobra.Command, packages []string) error {
			if check && diff {
				return usageError{errors.New("-check and -diff exclude each other: -diff checks, too")}
			}
			if overlay != "" && (check || diff) {
				return usageError{errors.New("-overlay writes, -check and -diff do not: choose one")}
			}
			hurry()
			result, err := gen.Generate(cmd.Context(), gen.Config{Patterns: packages, BuildFlags: buildFlags(tags)})
			if err != nil {
				return err
			}
			if err := printFindings(cmd.ErrOrStderr(), formatTable, result.Remarks); err != nil {
				return err
			}
			switch {
			case len(result.Diagnostics) > 0:
				return findings(cmd, result, check || diff)
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
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; list files that are out of date, and exit with status 100 if there are any")
	cmd.Flags().BoolVar(&diff, "diff", false, "write nothing; print what would change, and exit with status 100 if anything would")
	cmd.Flags().StringVar(&overlay, "overlay", "", "write also, to this directory, an overlay for builds to be debugged, and print its name for go build -overlay")
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

// findings prints what stopped the compiler.
func findings(cmd *cobra.Command, result *gen.Result, looking bool) error {
	if err := printFindings(cmd.ErrOrStderr(), formatTable, result.Diagnostics); err != nil {
		return err
	}
	if looking {
		return statusError{code: exitFindings}
	}
	return statusError{code: exitFailure}
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

// foundAny is the error of a command that looked for something and found it.
func foundAny(found bool, message string) error {
	switch {
	case !found:
		return nil
	case message == "":
		return statusError{code: exitFindings}
	}
	return statusError{exitFindings, errors.New(message)}
}

// hurry trades memory for time, as suits a process that compiles and ends.
func hurry() { debug.SetGCPercent(400) }

func addTags(cmd *cobra.Command, tags *string) {
	cmd.Flags().StringVar(tags, "tags", "", "build tags, as for go build")
}

func buildFlags(tags string) []string {
	if tags == "" {
		return nil
	}
	return []string{"-tags=" + tags}
}
