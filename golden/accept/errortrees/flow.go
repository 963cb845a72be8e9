// Package errortrees sends trees of errors through the codec: wrapped, joined, typed, of the standard library.
package errortrees

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
)

//go:generate go tool pawl generate

var errDisk = errors.New("disk")

// FieldError is an error type that wraps another and is used as a value.
type FieldError struct {
	Field string
	Cause error `json:"-"`
}

func (e FieldError) Error() string { return "field " + e.Field }

// Is makes all errors of one field the same.
func (e FieldError) Is(target error) bool { return target == FieldError{Field: e.Field} }

// Fail fails in the way it is asked to.
//
//pawl:activity final=errDisk,io.ErrUnexpectedEOF,fs.ErrNotExist,FieldError,*strconv.NumError
func Fail(ctx context.Context, how string) error {
	switch how {
	case "joined":
		return errors.Join(fmt.Errorf("read: %w", io.ErrUnexpectedEOF), errDisk)
	case "file":
		return fmt.Errorf("open: %w", fs.ErrNotExist)
	case "typed":
		return fmt.Errorf("check: %w", FieldError{Field: how})
	case "number":
		_, err := strconv.Atoi("x")
		return err
	}
	return nil
}

// Survey tells what the workflow can still see of each error.
//
//pawl:workflow
func Survey(ctx context.Context) (seen []string, err error) {
	for _, how := range []string{"none", "joined", "file", "typed", "number"} {
		err := Fail(ctx, how)
		seen = append(seen, fmt.Sprint(how, ": ", err))
		for _, target := range []error{io.ErrUnexpectedEOF, errDisk, fs.ErrNotExist, FieldError{Field: "typed"}} {
			if errors.Is(err, target) {
				seen = append(seen, "is "+target.Error())
			}
		}
		var field FieldError
		if errors.As(err, &field) {
			seen = append(seen, "in "+field.Field)
		}
	}
	return seen, nil
}
