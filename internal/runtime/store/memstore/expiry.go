package memstore

// Expiry: values that the store forgets by itself after a while.

import "time"

// kept is a value with the time at which it is gone.
type kept[T any] struct {
	value T
	until time.Time // zero: for ever
}

func keep[T any](value T, d time.Duration) kept[T] {
	return kept[T]{value, time.Now().Add(d)}
}

func keepForEver[T any](value T) kept[T] { return kept[T]{value: value} }

func (k kept[T]) gone() bool { return !k.until.IsZero() && !time.Now().Before(k.until) }
