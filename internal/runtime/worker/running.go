package worker

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/sched"
	"github.com/pawlhq/pawl/internal/runtime/stack"
)

// This file finds out where a run is whose code does not give up its turn: in an endless loop, or blocked by something
// that the scheduler does not know of. Nobody can ask its goroutine, so a profile of all goroutines has to tell.

// running are the author's lines of the coroutine of a run that has the turn, innermost first; none if the run has come to
// rest. It may be called at any time, from any goroutine, and stops the process for a moment.
func running(runID string) []string {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return nil
	}
	label := fmt.Sprintf("%q:%q", replay.RunLabel, runID)
	for goroutine := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(goroutine, label) && !strings.Contains(goroutine, sched.ParkFunc+"+") {
			return stack.Profile(goroutine)
		}
	}
	return nil
}
