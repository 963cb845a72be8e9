package conds

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"Await":              Await,
	"Bakery":             Bakery,
	"BoundedBuffer":      BoundedBuffer,
	"ClosedUnderWaiters": ClosedUnderWaiters,
	"CopyOnWrite":        CopyOnWrite,
	"Counters":           Counters,
	"FizzBuzz":           FizzBuzz,
	"Futures":            Futures,
	"Initialised":        Initialised,
	"LastPiece":          LastPiece,
	"LazyCache":          LazyCache,
	"Lockers":            Lockers,
	"Locks":              Locks,
	"ManySides":          ManySides,
	"OnceThatPanics":     OnceThatPanics,
	"OnceValues":         OnceValues,
	"Philosophers":       Philosophers,
	"PriorityQueue":      PriorityQueue,
	"ReadersAndWriters":  ReadersAndWriters,
	"Registry":           Registry,
	"SharedOven":         SharedOven,
	"TakingTurns":        TakingTurns,
	"TimedTake":          TimedTake,
	"Transfers":          Transfers,
	"Until":              Until,
}
