// Package lowerall lets tests ask the compiler to lower every function of a module, annotated or not, and without
// checking any: for tests of what lowering does to Go code that is not written for workflows.
package lowerall

import "context"

type key struct{}

// Context returns a context in which gen.Generate lowers every function.
func Context(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, true) }

// Asked reports whether ctx comes from Context.
func Asked(ctx context.Context) bool { return ctx.Value(key{}) != nil }
