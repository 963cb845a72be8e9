// Package semaphore stands for the real one.
package semaphore

type Weighted struct{}

func NewWeighted(n int64) *Weighted { return nil }
