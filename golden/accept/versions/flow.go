// Package versions has files for old versions of Go, in which loops mean something else. So they do in their copies.
package versions

import "context"

//go:generate go tool pawl generate

// Note notes a number.
//
//pawl:activity
func Note(ctx context.Context, n int) (int, error) { return n, nil }

// Compare returns what the same loop gives in this version of Go, and in an old one.
//
//pawl:workflow
func Compare(ctx context.Context) (today, before []int, err error) {
	for n := range 3 {
		defer func() { today = append(today, n) }()
	}
	before, err = old(ctx, map[string]int{"a": 7})
	return nil, before, err
}
