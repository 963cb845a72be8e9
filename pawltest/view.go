// This file shows a history as text: one line for each event.

package pawltest

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// view returns a history as text: one line for each event, with its number and the time since the start.
func view(rec *history.Record) string {
	var text strings.Builder
	fmt.Fprintf(&text, "workflow %s, run %s, %d events\n", rec.ID, rec.RunID, len(rec.Events))
	begun := rec.Events[0].Time
	for i, e := range rec.Events {
		fmt.Fprintf(&text, "%3d %10v  %s\n", i+1, e.Time.Sub(begun).Round(time.Millisecond), e)
	}
	return text.String()
}
