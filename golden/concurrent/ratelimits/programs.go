package ratelimits

import "context"

// Programs are the workflows of this package, by their names.
var Programs = map[string]func(context.Context) (string, error){
	"Allowed":     Allowed,
	"Alternating": Alternating,
	"Broken":      Broken,
	"Bulk":        Bulk,
	"Bursty":      Bursty,
	"Competing":   Competing,
	"Cooled":      Cooled,
	"Faster":      Faster,
	"Hedged":      Hedged,
	"Hopeless":    Hopeless,
	"Keyed":       Keyed,
	"Lagging":     Lagging,
	"Leaky":       Leaky,
	"Letters":     Letters,
	"Patient":     Patient,
	"Ranged":      Ranged,
	"Rearmed":     Rearmed,
	"Reserved":    Reserved,
	"Sliding":     Sliding,
	"Spaced":      Spaced,
	"Throttled":   Throttled,
	"Ticked":      Ticked,
	"Tie":         Tie,
}
