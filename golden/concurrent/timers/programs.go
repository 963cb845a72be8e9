package timers

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"ArmedLater":  ArmedLater,
	"BackOff":     BackOff,
	"Callback":    Callback,
	"Countdown":   Countdown,
	"Deadlines":   Deadlines,
	"Debounced":   Debounced,
	"Faster":      Faster,
	"Heartbeats":  Heartbeats,
	"IdleTimeout": IdleTimeout,
	"LastTick":    LastTick,
	"Lease":       Lease,
	"NoTime":      NoTime,
	"OnTheHour":   OnTheHour,
	"PassedOn":    PassedOn,
	"Polling":     Polling,
	"PutOff":      PutOff,
	"SameInstant": SameInstant,
	"Scheduler":   Scheduler,
	"Sessions":    Sessions,
	"SlowReader":  SlowReader,
	"Stopped":     Stopped,
	"Throttled":   Throttled,
	"Ticks":       Ticks,
	"TwoBeats":    TwoBeats,
	"Unread":      Unread,
	"Watchdog":    Watchdog,
}
