// Package tuning holds what package pawltest changes of the engine, and users do not.
package tuning

import "time"

// Tuning changes a client and its workers. The zero value changes nothing.
type Tuning struct {
	// NewID returns an id that the caller of a start does not set: the workflow id, for which of is empty, or the id of the
	// request to start workflow of. Run ids are derived from both, and random numbers of a workflow from its run id. Ids must
	// be unique. Nil means random ids.
	NewID func(of string) string
	// LookEvery is the longest pause between two looks for what a lost message may have hidden: the end of a run that a
	// client waits for, and runs that are stuck. Zero means seconds for the former, and a minute for the latter.
	LookEvery time.Duration
}
