// pawl run: the commands for runs of workflows on a NATS server.

package main

import (
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
)

func newRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Manage the runs of workflows",
		Long: `Run lists, shows, starts and ends the runs of workflows. It connects to the NATS server that --url or the environment
variable NATS_URL names, and otherwise to the server of pawl dev.

Exit status: 0 success, 1 failure, 2 usage, 3 the server refuses this user, 4 no such workflow, 5 the state of the run
or of the server does not allow it, 6 the server cannot be reached, 10 the run failed, 11 it was cancelled or
terminated, 130 interrupted.`,
	}
	return cli.Group(cmd,
		newRunListCommand(),
		newRunShowCommand(),
		newRunStackCommand(),
		newRunStartCommand(),
		newRunResultCommand(),
		newRunCancelCommand(),
		newRunTerminateCommand(),
	)
}
