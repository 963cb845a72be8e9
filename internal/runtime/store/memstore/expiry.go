// Values that expire.

package memstore

import "time"

// expiring is a value with the time at which it expires.
type expiring[T any] struct {
	value   T
	expires time.Time // zero: never
}

func expireAfter[T any](value T, d time.Duration) expiring[T] {
	return expiring[T]{value, time.Now().Add(d)}
}

func permanent[T any](value T) expiring[T] { return expiring[T]{value: value} }

func (e expiring[T]) expired() bool { return !e.expires.IsZero() && !time.Now().Before(e.expires) }
