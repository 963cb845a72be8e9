// This file is continue-as-new: the event that ends one generation of a run, and what the next generation knows of those before it.

package history

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RunContinued closes a run that continues as new: the next generation begins with a history of its own. It holds all that the next
// generation needs.
type RunContinued struct {
	Input     Payload
	Signals   []SignalRequest  // what the run has received and its code has not, in order
	Seen      Payload          // ids of signals and updates that the run has received: see SeenIDs
	Cancelled *CancelRequested // the request that cancelled the run; nil if there was none
	Warnings  []string
}

func (e *RunContinued) fields(w *wire) {
	w.sub(1, &e.Input)
	list(w, 2, &e.Signals)
	w.sub(3, &e.Seen)
	optional(w, 4, &e.Cancelled)
	w.texts(5, &e.Warnings)
}

// Details implements Body.
func (e *RunContinued) Details() Details {
	return Details{
		Kind: KindRunContinued, Subject: "run", Verb: "continued as new", Command: true, Status: StatusContinued,
		Input: &e.Input, Signals: e.Signals, Warnings: e.Warnings,
	}
}
func (e *RunContinued) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Input)
	c.Signals = editSignals(e.Signals, ed)
	if len(c.Seen.Data) > 0 || c.Seen.Object != "" {
		ed.payload(&c.Seen)
	}
	c.Cancelled = e.Cancelled.copy(ed)
	ed.warn(&c.Warnings)
	return &c
}

// Continued is what a generation of a run knows of those before it.
type Continued struct {
	Generation   uint64    // how many there were
	FirstStarted time.Time // when the first one started
	Seen         Payload
	Cancelled    *CancelRequested
}

func (m *Continued) fields(w *wire) {
	w.uint(1, &m.Generation)
	w.time(2, &m.FirstStarted)
	w.sub(3, &m.Seen)
	optional(w, 4, &m.Cancelled)
}

func (m *Continued) copy(ed *editor) *Continued {
	if m == nil {
		return nil
	}
	c := *m
	if len(c.Seen.Data) > 0 || c.Seen.Object != "" {
		ed.payload(&c.Seen)
	}
	c.Cancelled = m.Cancelled.copy(ed)
	return &c
}

// NextRunID returns the run id of the generation that follows the one with a run id.
func NextRunID(runID string) string {
	first, generation := splitRunID(runID)
	return fmt.Sprintf("%s.%d", first, generation+1)
}

// FirstRunID returns the run id of the first generation: the one that a start has returned, and that stands for all generations.
func FirstRunID(runID string) string {
	first, _ := splitRunID(runID)
	return first
}

// Generation returns how many generations were before the one with a run id. exact is false for the run id of the first one, unless
// it is written with its number, as "x.0".
func Generation(runID string) (generation uint64, exact bool) {
	first, generation := splitRunID(runID)
	return generation, first != runID
}

func splitRunID(runID string) (first string, generation uint64) {
	i := strings.LastIndexByte(runID, '.')
	if i < 0 {
		return runID, 0
	}
	generation, err := strconv.ParseUint(runID[i+1:], 10, 64)
	if err != nil {
		return runID, 0
	}
	return runID[:i], generation
}

// SeenMax is how many ids of signals and updates a generation takes over from those before it: the newest ones.
const SeenMax = 10_000

// seenSize is the size in bytes of what is kept of an id: the beginning of its SHA-256 hash. The probability that two of 10,000 ids
// have the same is less than 1 in 10^11.
const seenSize = 8

const encodingSeen = "ids"

// SeenIDs is a set of ids of which only the newest SeenMax are passed on. The zero value is empty.
type SeenIDs struct {
	keys map[[seenSize]byte]bool
	list []byte // the keys, oldest first
}

// Has reports whether id is in the set.
func (s *SeenIDs) Has(id string) bool { return s.keys[seenKey(id)] }

// Add adds id.
func (s *SeenIDs) Add(id string) { s.add(seenKey(id)) }

func (s *SeenIDs) add(key [seenSize]byte) {
	if s.keys[key] {
		return
	}
	if s.keys == nil {
		s.keys = map[[seenSize]byte]bool{}
	}
	s.keys[key] = true
	s.list = append(s.list, key[:]...)
}

// Payload returns the set, for the next generation.
func (s *SeenIDs) Payload() Payload {
	if len(s.list) == 0 {
		return Payload{}
	}
	return Payload{Encoding: encodingSeen, Data: slices.Clone(s.list[max(0, len(s.list)-SeenMax*seenSize):])}
}

// Load adds the ids of a set that was passed on.
func (s *SeenIDs) Load(p Payload) {
	for data := p.Data; len(data) >= seenSize; data = data[seenSize:] {
		s.add([seenSize]byte(data))
	}
}

func seenKey(id string) [seenSize]byte {
	sum := sha256.Sum256([]byte(id))
	return [seenSize]byte(sum[:])
}
