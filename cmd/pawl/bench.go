// pawl bench: compare the speed of the engine with that of its NATS server.

package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/bench"
)

func newBenchCommand() *cobra.Command {
	var c bench.Config
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the engine on a NATS server",
		Long: `Bench measures how fast a NATS server stores plain messages. It then measures the steps per second of workflows that call
activities and steps, the latency of a workflow with one activity, and the time that a step takes in a run that does
nothing else. Activities are measured in the worker that has their run, and in another one. Bench also measures, without the server, the speed
of replay and the memory of a waiting run. Without --nats it uses two servers of its own with temporary directories:
one that syncs every write to disk before it acknowledges it, and one that does not. The client, the worker and these
servers share the processors of this machine.

The ratio compares a rate with the server's rate of asynchronous publishes, and a latency with that of one publish.

The JSON output is an object with a list of servers (name, version, figures); a figure has name, runs, value, unit and
ratio.`,
		Example: `  pawl bench
  pawl bench --nats nats://127.0.0.1:4222 -d 10s --runs 200,1000,5000 --json`,
		Args: cli.Args(0, 0, ""),
	}
	conn, output := addConnection(cmd, "nats"), cli.AddFormat(cmd)
	cmd.Flags().Lookup("nats").Usage = "NATS server to measure (default two servers in this process)"
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as -o json")
	cmd.Flags().DurationVarP(&c.For, "duration", "d", 5*time.Second, "duration of each measurement")
	cmd.Flags().IntSliceVar(&c.Runs, "runs", []int{1, 200, 1000}, "numbers of concurrent runs")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if asJSON {
			*output = cli.FormatJSON
		}
		if err := checkBench(c); err != nil {
			return err
		}
		var err error
		if c.NATS, err = conn.options(); err != nil {
			return err
		}
		c.NATS.URL = conn.url // not NATS_URL, which may name a production server
		if cli.IsTerminal(cmd.ErrOrStderr()) {
			c.Progress = func(what string) { fmt.Fprintf(cmd.ErrOrStderr(), "\r\x1b[K%s", what) }
			defer fmt.Fprint(cmd.ErrOrStderr(), "\r\x1b[K")
		}
		report, err := bench.Run(cmd.Context(), c)
		if err != nil {
			return explained(cmd.Context(), err)
		}
		return printReport(cmd, *output, report)
	}
	return cmd
}

func checkBench(c bench.Config) error {
	for _, n := range c.Runs {
		if n < 1 {
			return cli.Usagef("--runs %d: it must be at least 1", n)
		}
	}
	if c.For <= 0 {
		return cli.Usagef("--duration %v: it must be positive", c.For)
	}
	return nil
}

func printReport(cmd *cobra.Command, f cli.Format, report *bench.Report) error {
	w := cmd.OutOrStdout()
	if f == cli.FormatJSON {
		return cli.PrintJSON(w, report)
	}
	t := cli.Table{Header: []string{"SERVER", "FIGURE", "RUNS", "VALUE", "UNIT", "RATIO"}}
	for _, s := range report.Servers {
		for _, m := range s.Figures {
			t.Add(s.Name, m.Name, cli.OrDash(m.Runs != 0, strconv.Itoa(m.Runs)), formatFigure(m.Value), m.Unit, cli.OrDash(m.Ratio != 0, formatRatio(m.Ratio)))
		}
	}
	return t.Write(w)
}

// formatFigure formats a number with three digits, or as an integer if it has more.
func formatFigure(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// formatRatio formats a ratio for people: 1/18, 9×.
func formatRatio(v float64) string {
	if v < 1 {
		return "1/" + formatFigure(1/v)
	}
	return formatFigure(v) + "×"
}
