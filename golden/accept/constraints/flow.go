// Package constraints has helpers that depend on the system and on build tags; their copies do, too.
package constraints

import "context"

//go:generate go tool pawl generate

// Nap naps as long as the system likes.
//
//pawl:workflow
func Nap(ctx context.Context) (string, error) {
	nap()
	return weather(), nil
}
