// This file is the timer operation.

package workflow

import (
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

var timerKind = kind{
	dues: func(_ *run, op replay.Open) []due {
		return []due{{at: op.Due, event: func() history.Body { return &history.TimerFired{Op: op.ID} }}}
	},
}
