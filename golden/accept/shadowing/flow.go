// Package shadowing uses the names that generated code would like to use.
package shadowing

import (
	"context"
	"fmt"
	stdtime "time"
)

//go:generate go tool pawl generate

// time is not the package.
type time struct{ minutes int }

func (t time) Sleep() { stdtime.Sleep(stdtime.Duration(t.minutes) * stdtime.Minute) }

// pawl is not the package, either.
const pawl = "pawl"

// Act has parameters with the names of packages.
//
//pawl:activity
func Act(context context.Context, abi string, err int, fmt []string) (errors string, r0 int, _ error) {
	return abi + pawl, err + len(fmt), context.Err()
}

// Run has variables with the names of everything.
//
//pawl:workflow
func Run(_run context.Context, in string) (_ string, a0 int, err error) {
	abi, run, _it := "abi", 1, []string{in}
	for _it2, k := range map[string]int{"a": 1, "b": 2} {
		_it = append(_it, _it2, fmt.Sprint(k))
	}
	time := time{minutes: run}
	time.Sleep()
	Act := Act
	nil, string, err := Act(_run, abi, run, _it)
	len := func(s []any) int { stdtime.Sleep(1); return cap(s[:0:1]) }
	return nil, string + len([]any{1, 2}), err
}
