// Package accepted takes things upon itself that the compiler would reject.
package accepted

import (
	"context"
	"hash/maphash"
	"os"
)

//go:generate go tool pawl generate

// separator differs between systems, but all workers of this workflow run on one.
func separator() string {
	//pawl:allow PWL211 all workers run on the same system
	if os.Getenv("PAWL_GOLDEN_SEPARATOR") == "" {
		return "/"
	}
	return "\\"
}

// same compares by hash; the seed differs between processes, but its result does not.
//
//pawl:pure the seed is used within this call only
func same(a, b string) bool {
	seed := maphash.MakeSeed()
	return maphash.String(seed, a) == maphash.String(seed, b)
}

// Check checks.
//
//pawl:activity
func Check(ctx context.Context, path string) (string, error) { return path, nil }

// Paths builds and compares paths.
//
//pawl:workflow
func Paths(ctx context.Context, parts ...string) (path string, equal bool, err error) {
	for _, part := range parts {
		path += separator() + part
	}
	path, err = Check(ctx, path)
	return path, same(path, "/a/b"), err
}
