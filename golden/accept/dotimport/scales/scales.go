// Package scales has the activity.
package scales

import (
	"context"
	"time"

	. "github.com/pawlhq/pawl/golden/accept/dotimport/units"
)

// Weigh weighs.
//
//pawl:activity
func Weigh(ctx context.Context, thing string) (Grams, error) { return Grams(100 * len(thing)), nil }

// Carry takes as long as the weight asks for.
func Carry(g Grams) { time.Sleep(Per(g)) }
