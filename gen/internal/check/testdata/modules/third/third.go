// Package third is somebody else's.
package third

import (
	"sync"
	"time"

	"example.org/third/env"
)

type Decimal struct{ cents int64 }

func New(cents int64) Decimal { return Decimal{cents} }

func (d Decimal) Add(o Decimal) Decimal { return Decimal{d.cents + o.cents} }

func (d Decimal) String() string { return "?" }

var Zero Decimal

// Stamp is durable.
func Stamp(cents int64) Decimal { return Decimal{cents + now()} }

func now() int64 { return time.Now().Unix() }

// Clock prints itself by the clock.
type Clock struct{}

func (Clock) String() string { return time.Now().String() }

// Home depends on the process.
func Home() string { return env.Get() }

// Started differs between processes.
var Started = now()

// Scale is what SetScale makes it.
var scale = 2

func SetScale(n int) { scale = n }

func (d Decimal) Scaled() Decimal { return Decimal{d.cents * int64(scale)} }

// Cache has a lock that only it knows.
type Cache struct {
	mu sync.Mutex
	m  map[string]Decimal
}

func (c *Cache) Get(name string) Decimal {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[name]
}

// Namer is for others to implement.
type Namer interface{ Name() string }

// Greet calls back.
func Greet(n Namer) string { return "hello " + n.Name() }

// Map calls back by value.
func Map[T, U any](ts []T, f func(T) U) (us []U) {
	for _, t := range ts {
		us = append(us, f(t))
	}
	return us
}

// Join calls back through a type parameter.
func Join[T Namer](ts []T) (s string) {
	for _, t := range ts {
		s += t.Name()
	}
	return s
}

// Native is written in assembly.
func Native(x int) int

// Charge belongs to workflows of its own module.
//
//pawl:activity
func Charge() error { return nil }

// Even and Odd call each other.
func Even(n int) bool { return n == 0 || Odd(n-1) }
func Odd(n int) bool  { return n != 0 && Even(n-1) }

// Names are computed once in each process.
var Names = sync.OnceValue(func() string { return "a b" })

// Births are too, and differ.
var Births = sync.OnceValue(now)
