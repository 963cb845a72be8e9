// pawl provision: prepares a namespace for clients and workers that may not do it themselves.

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

func newProvisionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "provision [QUEUE]...",
		Short: "Prepare a namespace and the task queues of its workers",
		Long: `Provision creates the streams of a namespace, and the consumers of its task queues, if they are missing. Clients and
workers with the option pawl.WithProvisioned then need no permission to create streams or consumers. Without that option,
they create what is missing, and this command is not needed.`,
		Example: `  pawl provision orders payments`,
	}
	conn := addNamespace(cmd)
	replicas := cmd.Flags().Int("replicas", 1, "how many servers of a cluster store each message")
	cmd.RunE = func(cmd *cobra.Command, queues []string) error {
		opt, err := conn.options()
		if err != nil {
			return err
		}
		opt.Replicas = *replicas
		ctx, cancel := context.WithTimeout(cmd.Context(), conn.timeout)
		defer cancel()
		return explained(cmd.Context(), provision(ctx, cmd, opt, queues))
	}
	return cmd
}

func provision(ctx context.Context, cmd *cobra.Command, opt natsstore.Options, queues []string) error {
	st, err := natsstore.Connect(ctx, opt)
	if err != nil {
		return connectError(err)
	}
	defer st.Close()
	for _, queue := range queues {
		if err := st.PrepareQueue(ctx, queue); err != nil {
			return err
		}
	}
	cli.Note(cmd.ErrOrStderr(), "namespace %s is ready, with %d task queues", opt.Namespace, len(queues))
	return nil
}
