// Package dotimport imports with dots, and under other names.
package dotimport

import (
	"context"
	. "fmt"
	. "time"

	s "github.com/pawlhq/pawl/golden/accept/dotimport/scales"
	. "github.com/pawlhq/pawl/golden/accept/dotimport/units"
)

//go:generate go tool pawl generate ./...

// Load calls what it imported with a dot.
//
//pawl:workflow
func Load(ctx context.Context, things ...string) (string, error) {
	start := Now()
	var total Grams
	for _, thing := range things {
		grams, err := s.Weigh(ctx, thing)
		if err != nil {
			return "", Errorf("%s: %w", thing, err)
		}
		total += grams
		s.Carry(grams)
		Println(thing, Per(total))
	}
	Sleep(2 * Break)
	return Sprint(total, " in ", Since(start).Round(Minute)), nil
}
