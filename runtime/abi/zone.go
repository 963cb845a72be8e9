// This file reads the rules of time zones from the host, so that a run can record them.

package abi

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// LoadLocation is time.LoadLocation: the run records the rules of each zone, once.
func LoadLocation(run *Run, name string) (*time.Location, error) {
	switch name {
	case "", "UTC":
		return time.UTC, nil
	case "Local":
		return nil, errors.New(`time zone "Local" differs between workers: use the name of a zone, such as "Europe/Vienna"`)
	}
	if len(name) > maxZoneName || !utf8.ValidString(name) { // no host has such a zone, and a history cannot have its name
		return nil, errors.New("unknown time zone " + name)
	}
	z := run.x.Zone(name, func() *history.ZoneLoaded { return loadZone(name, run.x.StartTime().Year()+horizon) })
	if z.Error != "" {
		return nil, errors.New(z.Error)
	}
	return time.LoadLocationFromTZData(name, z.Rules)
}

// maxZoneName is the length in bytes of the longest name of a zone.
const maxZoneName = 255

// loadZone returns the record of a zone, with its rules until the end of a year.
func loadZone(name string, until int) *history.ZoneLoaded {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return &history.ZoneLoaded{Name: name, Error: err.Error()}
	}
	return &history.ZoneLoaded{Name: name, Rules: rules(loc, until)}
}

// horizon is the number of years after the start of a run for which the rules of a zone are recorded. After that, the zone
// keeps its last offset.
const horizon = 50

// offset is the offset of a zone for some time.
type offset struct {
	name    string
	seconds int // east of UTC
	dst     bool
}

// transition is a change of offset.
type transition struct {
	at int64 // seconds since 1970
	to offset
}

// transitions returns the offsets of a zone, from the first one to the end of a year.
func transitions(loc *time.Location, until int) (list []transition) {
	end := time.Date(until+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Unix(-1<<40, 0).In(loc); t.Before(end); {
		name, seconds := t.Zone()
		if o := (offset{name, seconds, t.IsDST()}); len(list) == 0 || list[len(list)-1].to != o {
			list = append(list, transition{t.Unix(), o})
		}
		_, next := t.ZoneBounds()
		if next.IsZero() {
			break
		}
		if !next.After(t) { // on the last day of a leap year, for which Go counts 365 days
			next = t.AddDate(0, 0, 1)
		}
		t = next
	}
	return list
}

// rules encodes the offsets of a zone, until the end of a year, as a TZif file of version 2: RFC 8536, section 3.
func rules(loc *time.Location, until int) []byte {
	list := transitions(loc, until)
	var types, names, when, which []byte
	index := map[offset]byte{}
	for i, t := range list {
		n, known := index[t.to]
		if !known {
			n = byte(len(index))
			index[t.to] = n
			types = binary.BigEndian.AppendUint32(types, uint32(int32(t.to.seconds)))
			types = append(types, byte(b2i(t.to.dst)), byte(len(names)))
			names = append(append(names, t.to.name...), 0)
		}
		if i > 0 { // the first one applies before the first transition
			when = binary.BigEndian.AppendUint64(when, uint64(t.at))
			which = append(which, n)
		}
	}
	old := append(tzif(0, 1, 1), 0, 0, 0, 0, 0, 0, 0) // the part for readers of version 1
	const noRule = "\n\n"                             // for later times
	return slices.Concat(old, tzif(len(which), len(index), len(names)), when, which, types, names, []byte(noRule))
}

// tzif returns the header of a part of a TZif file without leap seconds and without indicators of standard or universal time.
func tzif(times, types, chars int) []byte {
	h := append([]byte("TZif2"), make([]byte, 15)...)
	for _, n := range []int{0, 0, 0, times, types, chars} {
		h = binary.BigEndian.AppendUint32(h, uint32(n))
	}
	return h
}
