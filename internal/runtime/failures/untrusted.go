// This file calls the methods of errors that are not trusted. A method that panics has no effect but on the text that is
// returned. A method that ends its goroutine, or never returns, does that to the caller: callers that must not wait run
// this code where they run the author's function.

package failures

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/panics"
)

// maxErrors is the largest number of errors of one tree that are looked at. The tree may be cyclic.
const maxErrors = 300

// guarded returns what call returns. If call panics, it returns zero and the value of the panic.
func guarded[T any](call func() T) (result T, panicked any) {
	defer func() { panicked = recover() }()
	return call(), nil
}

// Message returns the message of an error, in valid UTF-8. If the error has none, because it is a nil pointer or its
// Error method panics, Message says so.
func Message(err error) string {
	text, panicked := guarded(err.Error)
	switch {
	case panicked == nil:
	case isNil(err):
		text = fmt.Sprintf("a nil pointer of type %T was returned as an error: return nil of type error instead", err)
	default:
		text = fmt.Sprintf("an error of type %T, whose Error method panics: %s", err, panics.Text(panicked))
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

func isNil(err error) bool {
	v := reflect.ValueOf(err)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// causes returns the errors that err wraps.
func causes(err error) []error {
	list, _ := guarded(func() []error {
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			return []error{e.Unwrap()}
		case interface{ Unwrap() []error }:
			return e.Unwrap()
		}
		return nil
	})
	var known []error
	for _, cause := range list {
		if cause != nil {
			known = append(known, cause)
		}
	}
	return known
}

// walk calls visit with err and the errors in its tree, in the order of errors.Is, until visit returns true, and reports
// whether it did.
func walk(err error, visit func(error) bool) bool {
	left := maxErrors
	var step func(error) bool
	step = func(err error) bool {
		if left--; left < 0 {
			return false
		}
		if stop, _ := guarded(func() bool { return visit(err) }); stop {
			return true
		}
		for _, cause := range causes(err) {
			if step(cause) {
				return true
			}
		}
		return false
	}
	return err != nil && step(err)
}

// Is is errors.Is for errors that are not trusted.
func Is(err, target error) bool {
	return walk(err, func(err error) bool {
		if same(err, target) {
			return true
		}
		e, ok := err.(interface{ Is(error) bool })
		return ok && e.Is(target)
	})
}

// same reports whether two errors are equal. Errors that cannot be compared are not.
func same(a, b error) bool {
	equal, _ := guarded(func() bool { return a == b })
	return equal
}

// IsFinal reports whether err, or the first error in its tree that has a method Final, says that it is final.
func IsFinal(err error) (final bool) {
	walk(err, func(err error) bool {
		f, ok := err.(interface{ Final() bool })
		if ok {
			final, _ = guarded(f.Final)
		}
		return ok
	})
	return final
}
