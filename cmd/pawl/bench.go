// pawl bench: what the engine does on a server, held against what the server does by itself.

package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/bench"
)

func newBenchCommand() *cobra.Command {
	var c bench.Config
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the engine on a NATS server",
		Long: `Bench measures on a NATS server how fast it takes messages by itself, then steps per second of workflows that call
activities and steps, the latency of a workflow with one activity, and, without the server, replay and the memory of a
run that waits. Without -nats it does so on two servers of its own in temporary folders: one that has every write on
disk before it acknowledges it, and one that does not. Client, worker and server share this machine's processors.

The ratio compares a rate with the server's own asynchronous rate, and a latency with that of one publish.

JSON is an object: servers, a list: name, version, figures, a list: name, runs, value, unit, ratio.`,
		Example: `  pawl bench
  pawl bench -nats nats://127.0.0.1:4222 -d 10s -runs 1,100 -json`,
		Args: args(cobra.NoArgs),
	}
	conn, output := addConnection(cmd, "nats"), addFormat(cmd)
	cmd.Flags().Lookup("nats").Usage = "NATS server to measure (default two servers in this process)"
	cmd.Flags().BoolVar(&asJSON, "json", false, "same as -o json")
	cmd.Flags().DurationVarP(&c.For, "duration", "d", 5*time.Second, "how long each measurement takes")
	cmd.Flags().IntSliceVar(&c.Runs, "runs", []int{1, 200, 1000}, "numbers of runs in flight")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if asJSON {
			*output = formatJSON
		}
		if err := checkBench(c); err != nil {
			return err
		}
		var err error
		if c.NATS, err = conn.options(); err != nil {
			return err
		}
		c.NATS.URL = conn.url // NATS_URL may name a server that is in use
		if isTerminal(cmd.ErrOrStderr()) {
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
			return usageError{fmt.Errorf("-runs %d: at least one run must be in flight", n)}
		}
	}
	if c.For <= 0 {
		return usageError{fmt.Errorf("-d %v: a measurement takes time", c.For)}
	}
	return nil
}

func printReport(cmd *cobra.Command, f format, report *bench.Report) error {
	w := cmd.OutOrStdout()
	if f == formatJSON {
		return printJSON(w, report)
	}
	t := table{header: []string{"SERVER", "FIGURE", "RUNS", "VALUE", "UNIT", "RATIO"}}
	for _, s := range report.Servers {
		for _, m := range s.Figures {
			t.add(s.Name, m.Name, orDash(m.Runs != 0, strconv.Itoa(m.Runs)), figure(m.Value), m.Unit, orDash(m.Ratio != 0, ratio(m.Ratio)))
		}
	}
	return t.write(w)
}

func orDash(there bool, text string) string {
	if there {
		return text
	}
	return "-"
}

// figure is a number to three digits, or as a whole if it is larger.
func figure(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// ratio is a ratio as people say it: one eighteenth, nine times.
func ratio(v float64) string {
	if v < 1 {
		return "1/" + figure(1/v)
	}
	return figure(v) + "×"
}
