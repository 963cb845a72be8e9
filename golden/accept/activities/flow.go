// Package activities calls activities in all their forms: functions, methods of a struct and of an interface.
package activities

import (
	"context"
	"fmt"
	"strings"
)

//go:generate go tool pawl generate

// Letter is what is sent.
type Letter struct {
	To   string
	Text string
}

// Write writes a letter.
//
//pawl:activity timeout=10s attempts=3 backoff=100ms..1s
func Write(ctx context.Context, to string) (Letter, error) {
	return Letter{To: to, Text: "Dear " + to}, nil
}

// Printer prints letters with what it keeps in its fields.
type Printer struct{ Font string }

// Print prints a letter.
//
//pawl:activity queue=printers
func (p *Printer) Print(ctx context.Context, l Letter) (pages int, err error) {
	if p.Font == "" {
		return 0, fmt.Errorf("no font to print the letter to %s in", l.To)
	}
	return 1 + len(l.Text)/1000, nil
}

// Carrier brings letters.
type Carrier interface {
	// Deliver brings some pages.
	//
	//pawl:activity heartbeat=5s
	Deliver(ctx context.Context, to string, pages int) (place string, err error)
}

// Cyclist is a Carrier.
type Cyclist struct{}

// Deliver takes the bicycle.
func (Cyclist) Deliver(ctx context.Context, to string, pages int) (string, error) {
	return fmt.Sprintf("%d page for %s, by bicycle", pages, to), nil
}

// Post is what the workflow needs to call.
type Post struct {
	Printer *Printer
	Carrier Carrier
}

// Send writes, prints and delivers.
//
//pawl:workflow
func (p *Post) Send(ctx context.Context, to string) (string, error) {
	letter, err := Write(ctx, strings.ToUpper(to))
	if err != nil {
		return "", err
	}
	pages, err := p.Printer.Print(ctx, letter)
	if err != nil {
		return "", err
	}
	return p.Carrier.Deliver(ctx, to, pages)
}
