// Package depot has types for others to embed.
package depot

import (
	"fmt"
	"time"
)

// Store keeps things.
type Store interface {
	Save(thing string) string
}

// Base is a Store that prints and pauses.
type Base struct{ Name string }

// Save saves.
func (b *Base) Save(thing string) string {
	time.Sleep(time.Minute)
	fmt.Println(b.Name, "saves", thing)
	return b.Name + " has " + thing
}

// Plain is a Store that needs nothing.
type Plain struct{}

// Save saves.
func (Plain) Save(thing string) string { return "plain " + thing }
