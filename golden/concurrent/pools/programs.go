package pools

import "context"

// Programs are the workflows of this package, by their names.
var Programs = map[string]func(context.Context) (string, error){
	"Abandoned":  Abandoned,
	"Condition":  Condition,
	"Crewed":     Crewed,
	"Dispatched": Dispatched,
	"FailFast":   FailFast,
	"Favourite":  Favourite,
	"Fixed":      Fixed,
	"Halves":     Halves,
	"Idle":       Idle,
	"Lazy":       Lazy,
	"Limited":    Limited,
	"Quit":       Quit,
	"Recursive":  Recursive,
	"Resigned":   Resigned,
	"Rotated":    Rotated,
	"Scaled":     Scaled,
	"Shortest":   Shortest,
	"Shy":        Shy,
	"Single":     Single,
	"Stolen":     Stolen,
	"Strict":     Strict,
	"Submitted":  Submitted,
	"Supervised": Supervised,
	"Tolerant":   Tolerant,
	"Uneven":     Uneven,
}
