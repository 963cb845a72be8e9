// pawl version: print the version of this build and of the code that it generates.

package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/gen"
)

func newVersionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of pawl",
		Args:  cli.Args(0, 0, ""),
	}
	output := cli.AddFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		v := version{Pawl: buildVersion(), Generator: gen.Version, ABI: gen.ABIVersion, Go: goVersion()}
		if *output == cli.FormatJSON {
			return cli.PrintJSON(cmd.OutOrStdout(), v)
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "pawl %s, generator %s, ABI %d, built with %s\n", v.Pawl, v.Generator, v.ABI, v.Go)
		return err
	}
	return cmd
}

type version struct {
	Pawl      string `json:"pawl"`
	Generator string `json:"generator"`
	ABI       int    `json:"abi"`
	Go        string `json:"go"`
}

// buildVersion returns the version of the module that this binary was built from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	if info.Main.Path == "github.com/pawlhq/pawl" {
		return info.Main.Version
	}
	return "(unknown)"
}

func goVersion() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return "(unknown)"
	}
	return info.GoVersion
}
