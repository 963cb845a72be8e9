// Package codec stands for the real one.
package codec

// TimeoutError is an error of the engine that a workflow may look into.
type TimeoutError struct{ Kind string }

func (e *TimeoutError) Error() string { return e.Kind }

func (e *TimeoutError) Is(target error) bool { return false }

func (e *TimeoutError) Timeout() bool { return true }
