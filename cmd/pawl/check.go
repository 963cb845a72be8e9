// pawl check: report what prevents workflow code from replaying.

package main

import (
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/gen"
)

func newCheckCommand() *cobra.Command {
	var tags string
	var report bool
	cmd := &cobra.Command{
		Use:   "check [packages]",
		Short: "Report what prevents workflow code from replaying",
		Long: `Check examines annotated packages as generate does, by default the one in the current directory, and prints its
findings. It writes no files. pawl explain RULE explains a finding. With --report, check lists what the code accepts
with //pawl:allow and //pawl:pure, with the reasons and with the findings that this suppresses. Other findings then go
to standard error.

Exit status: 0 no findings, 1 failure, 2 usage, 100 findings.`,
	}
	output := cli.AddFormat(cmd)
	cmd.Flags().BoolVar(&report, "report", false, "list what the code accepts with //pawl:allow and //pawl:pure, and why")
	addTags(cmd, &tags)
	cmd.RunE = func(cmd *cobra.Command, packages []string) error {
		collectLessOften()
		result, err := gen.Check(cmd.Context(), gen.Config{Patterns: packages, BuildFlags: buildFlags(tags)})
		if err != nil {
			return err
		}
		if err := printFindings(cmd.ErrOrStderr(), cli.FormatTable, result.Remarks); err != nil {
			return err
		}
		if err := printCheck(cmd, *output, result, report); err != nil {
			return err
		}
		return foundAny(len(result.Diagnostics) > 0, "")
	}
	return cmd
}

// printCheck prints the findings or, as a report, what the author has accepted.
func printCheck(cmd *cobra.Command, f cli.Format, result *gen.Result, report bool) error {
	if !report {
		return printFindings(cmd.OutOrStdout(), f, result.Diagnostics)
	}
	if err := printFindings(cmd.ErrOrStderr(), cli.FormatTable, result.Diagnostics); err != nil {
		return err
	}
	if len(result.Accepted) == 0 && f != cli.FormatJSON {
		cli.Note(cmd.ErrOrStderr(), "no //pawl:allow or //pawl:pure accepts anything")
	}
	return printAcceptances(cmd.OutOrStdout(), f, result.Accepted)
}
