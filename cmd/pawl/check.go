// pawl check: finds what would keep workflow code from replaying, and writes nothing.

package main

import (
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/gen"
)

func newCheckCommand() *cobra.Command {
	var tags string
	cmd := &cobra.Command{
		Use:   "check [packages]",
		Short: "Find what would keep workflow code from replaying",
		Long: `Check looks at annotated packages (the one in the current directory if none is named) as generate does, and prints
what it finds. pawl explain RULE tells more about a finding.

Exit status: 0 nothing found, 1 failure, 2 usage, 100 something found.`,
	}
	output := addFormat(cmd)
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
		if err := printFindings(cmd.OutOrStdout(), *output, result.Diagnostics); err != nil {
			return err
		}
		return foundAny(len(result.Diagnostics) > 0, "")
	}
	return cmd
}
