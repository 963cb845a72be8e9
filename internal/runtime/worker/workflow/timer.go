// This file is the timer operation.

package workflow

import (
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

var timerKind = kind{
	expired: func(op replay.Open) history.Body { return &history.TimerFired{Op: op.ID} },
}
