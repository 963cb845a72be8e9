// Package units has what a file may want without a qualifier.
package units

import (
	"fmt"
	"time"
)

// Break is a short rest.
const Break = 15 * time.Minute

// Grams is a weight.
type Grams int

func (g Grams) String() string { return fmt.Sprintf("%d g", int(g)) }

// Per is how long it takes to carry a weight.
func Per(g Grams) time.Duration { return time.Duration(g) * time.Second }
