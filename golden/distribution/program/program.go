// Package program runs a lowered package main as if it were the process: it ends the way the original would.
package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pawlhq/pawl/golden/internal/drive"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Main runs main, the lowered copy of a program's main function, in a run that starts now and waits for no timer. It ends
// the process when main returns, whatever other goroutines do, or else with Go's message and exit code.
func Main(main func(*abi.Run)) {
	w := &abi.Workflow{Name: "main", Run: func(_ context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		main(run)
		os.Exit(0)
		return nil, nil
	}}
	d := drive.Driver{
		Run:     abi.NewExecution(w, failures.NewErrors(), "main", "main"),
		Started: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: w.Name},
		Start:   time.Now(),
	}
	if _, err := d.Drive(); err != nil {
		end(err)
	}
}

// end ends the process for an error of a drive.
func end(err error) {
	if panicked := (*replay.PanicError)(nil); errors.As(err, &panicked) {
		panic(panicked.Panic.Value)
	}
	if deadlock := (*replay.DeadlockError)(nil); errors.As(err, &deadlock) {
		fmt.Fprintln(os.Stderr, "fatal error: all goroutines are asleep - deadlock!")
	}
	fmt.Fprintln(os.Stderr, "\ngoroutine traces:", err)
	os.Exit(2)
}
