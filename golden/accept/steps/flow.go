// Package steps records computations without a task queue.
package steps

import (
	"context"
	"os"
	"strings"
)

//go:generate go tool pawl generate

// Home reads the environment, which a workflow must not: what the step returned is what every replay sees.
//
//pawl:step
func Home(ctx context.Context) (set bool, err error) { return os.Getenv("PATH") != "", nil }

// Words splits a text.
//
//pawl:step attempts=3
func Words(ctx context.Context, text string) ([]string, error) { return strings.Fields(text), nil }

// Desk holds a step as a method.
type Desk struct{ Separator string }

// Join puts words together.
//
//pawl:step
func (d *Desk) Join(ctx context.Context, words ...string) (string, error) {
	return strings.Join(words, d.Separator), nil
}

// Clerk is a workflow's receiver.
type Clerk struct{ Desk *Desk }

// Hyphenate calls steps in a row and in a loop.
//
//pawl:workflow
func (c *Clerk) Hyphenate(ctx context.Context, lines []string) (out []string, err error) {
	if set, err := Home(ctx); err != nil || !set {
		return nil, err
	}
	for _, line := range lines {
		words, err := Words(ctx, line)
		if err != nil {
			return nil, err
		}
		joined, err := c.Desk.Join(ctx, words...)
		if err != nil {
			return nil, err
		}
		out = append(out, joined)
	}
	return out, nil
}
