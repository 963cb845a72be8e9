package contexts

import (
	"context"
	"fmt"
)

// This file prints contexts: a name says what they were made from, and no address is in it.

type label struct{}

// Names prints what was made from what.
//
//pawl:workflow
func Names(ctx context.Context) (string, error) {
	child, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	kept := context.WithoutCancel(child)
	marked := context.WithValue(kept, label{}, "blue")
	grandchild, stop := context.WithCancel(marked)
	defer stop()
	return fmt.Sprint(ctx, " ", child, " ", kept, " ", grandchild), nil
}
