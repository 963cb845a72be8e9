package replay

import (
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// This file is about time zones. Their rules differ between hosts and change with time, so a run records those of each
// zone that it asks for, once, and goes by the record ever after.

// Zone is the record that the run goes by of a zone's rules. If the code has not asked for the zone before, that is the
// one in the history, or else the one that load makes.
func (x *Execution) Zone(name string, load func() *history.ZoneLoaded) *history.ZoneLoaded {
	x.sched.Enter()
	if z := x.zones[name]; z != nil {
		return z
	}
	z := x.recorded[name]
	if z == nil {
		z = load()
	}
	if x.zones == nil {
		x.zones = map[string]*history.ZoneLoaded{}
	}
	x.zones[name] = z
	x.issue(newCommand(z, sched.Callers()))
	return z
}

// lookAhead finds the zones in events that are about to be replayed: the code goes on with a zone at once, and not when
// its event is compared.
func (x *Execution) lookAhead(events []history.Event) {
	for _, e := range events {
		if z, ok := e.Body.(*history.ZoneLoaded); ok {
			if x.recorded == nil {
				x.recorded = map[string]*history.ZoneLoaded{}
			}
			x.recorded[z.Name] = z
		}
	}
}
