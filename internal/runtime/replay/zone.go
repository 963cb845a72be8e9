// This file holds the time zones of a run. Their rules differ between hosts and change over time, so a run records the
// rules of each zone that it uses, once, and uses the recorded ones from then on.

package replay

import "github.com/pawlhq/pawl/internal/runtime/history"

// zones holds the time zones of a run, by name.
type zones struct {
	used     map[string]*history.ZoneLoaded
	recorded map[string]*history.ZoneLoaded // in the events that are being replayed
}

// find returns the rules of a zone: those in use, those in the history, or what load returns. It reports whether this is
// the first use, which must be recorded.
func (zs *zones) find(name string, load func() *history.ZoneLoaded) (z *history.ZoneLoaded, first bool) {
	if z := zs.used[name]; z != nil {
		return z, false
	}
	z = zs.recorded[name]
	if z == nil {
		z = load()
	}
	put(&zs.used, z)
	return z, true
}

// lookAhead finds the zones in events that are about to be replayed: the code needs a zone immediately, before its event
// is compared.
func (zs *zones) lookAhead(events []history.Event) {
	for _, e := range events {
		if z, ok := e.Body.(*history.ZoneLoaded); ok {
			put(&zs.recorded, z)
		}
	}
}

func put(table *map[string]*history.ZoneLoaded, z *history.ZoneLoaded) {
	if *table == nil {
		*table = map[string]*history.ZoneLoaded{}
	}
	(*table)[z.Name] = z
}
