// pawl check: finds what would keep workflow code from replaying, and writes nothing.

package main

import (
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/gen"
)

func newCheckCommand() *cobra.Command {
	var tags string
	var report bool
	cmd := &cobra.Command{
		Use:   "check [packages]",
		Short: "Find what would keep workflow code from replaying",
		Long: `Check looks at annotated packages (the one in the current directory if none is named) as generate does, and prints
what it finds. pawl explain RULE tells more about a finding. With -report it lists what the code accepts by //pawl:allow and
//pawl:pure instead, with the reasons and with what would be found otherwise; findings go to the standard error.

Exit status: 0 nothing found, 1 failure, 2 usage, 100 something found.`,
	}
	output := addFormat(cmd)
	cmd.Flags().BoolVar(&report, "report", false, "list what the code accepts, with the reasons")
	addTags(cmd, &tags)
	cmd.RunE = func(cmd *cobra.Command, packages []string) error {
		hurry()
		result, err := gen.Check(cmd.Context(), gen.Config{Patterns: packages, BuildFlags: buildFlags(tags)})
		if err != nil {
			return err
		}
		if err := printFindings(cmd.ErrOrStderr(), formatTable, result.Remarks); err != nil {
			return err
		}
		if err := printCheck(cmd, *output, result, report); err != nil {
			return err
		}
		return foundAny(len(result.Diagnostics) > 0, "")
	}
	return cmd
}

// printCheck prints findings, or, as a report, what the author has accepted.
func printCheck(cmd *cobra.Command, f format, result *gen.Result, report bool) error {
	if !report {
		return printFindings(cmd.OutOrStdout(), f, result.Diagnostics)
	}
	if err := printFindings(cmd.ErrOrStderr(), formatTable, result.Diagnostics); err != nil {
		return err
	}
	if len(result.Accepted) == 0 && f != formatJSON {
		note(cmd.ErrOrStderr(), "nothing is accepted by pawl:allow or pawl:pure")
	}
	return printAcceptances(cmd.OutOrStdout(), f, result.Accepted)
}
