// This file finds the line at which the code of a run is, in a profile of all goroutines.

package workflow

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/sched"
	"github.com/pawlhq/pawl/internal/runtime/stack"
)

// blockedAt returns the author's lines of the coroutine that has the turn of a run, innermost first, or nil if all
// coroutines wait. It reads them from a profile of all goroutines, because a goroutine that does not give up its turn
// cannot be asked. It may be called from any goroutine, and stops the process for a moment.
func blockedAt(runID string) []string {
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
