// Package pipelines has programs whose stages are joined by channels.
package pipelines

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// ErrMalformed is the error of a text that cannot be parsed.
var ErrMalformed = errors.New("malformed")

// Page is what is fetched.
type Page struct {
	Number int
	Text   string
}

// Fetch fetches a page. The later ones are faster.
//
//pawl:activity
func Fetch(ctx context.Context, number int) (Page, error) {
	time.Sleep(time.Duration(20-2*number) * time.Second)
	return Page{Number: number, Text: fmt.Sprintf("page %d", number)}, nil
}

// Parse finds the words of a text.
//
//pawl:activity final=ErrMalformed
func Parse(ctx context.Context, text string) ([]string, error) {
	time.Sleep(300 * time.Millisecond)
	if strings.Contains(text, "!") {
		return nil, fmt.Errorf("parse %q: %w", text, ErrMalformed)
	}
	return strings.Fields(text), nil
}

// Double takes three seconds for a multiplication.
//
//pawl:activity
func Double(ctx context.Context, n int) (int, error) {
	time.Sleep(3 * time.Second)
	return 2 * n, nil
}

// elapsed is the time since start, to the second.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
