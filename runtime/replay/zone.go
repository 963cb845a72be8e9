package replay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/runtime/history"
)

// This file is about time zones. Their rules differ between hosts and change with time, so a run records those of each
// zone that it asks for, once, and goes by the record ever after.

// LoadLocation is time.LoadLocation in a run.
func (x *Execution) LoadLocation(name string) (*time.Location, error) {
	switch name {
	case "", "UTC":
		return time.UTC, nil
	case "Local":
		return nil, errors.New(`time zone "Local" is that of the worker's host, which differs between workers: name the zone that is meant, such as "Europe/Vienna"`)
	}
	z := x.zones[name]
	if z == nil {
		z = x.zone(name)
	}
	if z.Error != "" {
		return nil, errors.New(z.Error)
	}
	return time.LoadLocationFromTZData(name, z.Rules)
}

// zone decides on the rules of a zone that the code has not asked for before: those in the record, or this host's.
func (x *Execution) zone(name string) *history.ZoneLoaded {
	x.sched.Enter()
	z := x.recorded[name]
	if z == nil {
		z = loadZone(name, x.startTime.Year()+horizon)
	}
	if x.zones == nil {
		x.zones = map[string]*history.ZoneLoaded{}
	}
	x.zones[name] = z
	x.decide(&decision{kind: kindOf(z), name: name, callers: callers(), build: func(string) history.Body { return z }})
	return z
}

func loadZone(name string, until int) *history.ZoneLoaded {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return &history.ZoneLoaded{Name: name, Error: err.Error()}
	}
	return &history.ZoneLoaded{Name: name, Rules: rules(loc, until)}
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

// horizon is how many years after the start of a run the rules of a zone are written down for. Later than that, the zone
// keeps its last offset.
const horizon = 50

// rules writes the offsets of a zone down, until the end of a year, as a TZif file of version 2: RFC 8536, section 3.
func rules(loc *time.Location, until int) []byte {
	type offset struct {
		seconds int
		dst     bool
		name    string
	}
	var offsets []offset
	index := map[offset]byte{}
	var when []int64
	var which []byte
	for t, end := time.Unix(-1<<40, 0).In(loc), time.Date(until+1, 1, 1, 0, 0, 0, 0, time.UTC); ; {
		name, seconds := t.Zone()
		o := offset{seconds, t.IsDST(), name}
		i, ok := index[o]
		if !ok {
			i = byte(len(offsets))
			index[o], offsets = i, append(offsets, o)
		}
		if len(which) > 0 || len(when) > 0 {
			which = append(which, i)
		}
		_, next := t.ZoneBounds()
		if next.IsZero() || next.After(end) || len(offsets) == 255 {
			break
		}
		when = append(when, next.Unix())
		t = next
	}
	var names bytes.Buffer
	var types []byte
	for _, o := range offsets {
		types = binary.BigEndian.AppendUint32(types, uint32(int32(o.seconds)))
		types = append(types, b2i(o.dst), byte(names.Len()))
		fmt.Fprintf(&names, "%s\x00", o.name)
	}
	header := func(times, types, chars int) []byte {
		h := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, times, types, chars} {
			h = binary.BigEndian.AppendUint32(h, uint32(n))
		}
		return h
	}
	out := append(header(0, 1, 1), 0, 0, 0, 0, 0, 0, 0) // the part for readers of version 1, which nobody is
	out = append(out, header(len(when), len(offsets), names.Len())...)
	for _, at := range when {
		out = binary.BigEndian.AppendUint64(out, uint64(at))
	}
	out = append(append(append(out, which...), types...), names.Bytes()...)
	return append(out, "\n\n"...) // no rule for later times
}

func b2i(b bool) byte {
	if b {
		return 1
	}
	return 0
}
