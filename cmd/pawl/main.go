// Command pawl compiles annotated Go packages, and manages the runs of their workflows.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(cli.Run(ctx, newRootCommand(), os.Args[1:]))
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "pawl",
		Short: "Durable execution for Go",
		Long:  "Pawl makes Go functions durable, and manages their runs.",
	}
	return cli.Group(root,
		newGenerateCommand(),
		newCheckCommand(),
		newExplainCommand(),
		newDevCommand(),
		newRunCommand(),
		newProvisionCommand(),
		newBenchCommand(),
		newVersionCommand(),
	)
}
