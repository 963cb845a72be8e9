// Package failures turns errors into failures, which can be stored, and back.
//
// A failure keeps the tree of an error. Error variables and types that are registered by name become themselves again, so
// that errors.Is and errors.As work on the error of an activity or run as they do after a plain call. Of other errors only
// the message and the causes are kept.
//
// An error is a value of the author's. Its methods may panic, its tree may be cyclic, its message may be huge or not
// UTF-8. Its failure is always valid and bounded.
package failures

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"syscall"
)

// ErrorDef gives an error of the author's a name that survives the codec: a variable, or a type.
type ErrorDef struct {
	Name     string
	Sentinel error        // the variable's value; nil for a type
	Type     reflect.Type // nil for a variable
}

// Sentinel names an error variable.
func Sentinel(name string, err error) ErrorDef { return ErrorDef{Name: name, Sentinel: err} }

// ErrorType names a type that implements error.
func ErrorType[T error](name string) ErrorDef {
	return ErrorDef{Name: name, Type: reflect.TypeFor[T]()}
}

// standard holds the errors that are always registered: those of the standard library, and those about runs.
var standard = []ErrorDef{
	Sentinel("context.Canceled", context.Canceled),
	Sentinel("context.DeadlineExceeded", context.DeadlineExceeded),
	Sentinel("io.EOF", io.EOF),
	Sentinel("io.ErrUnexpectedEOF", io.ErrUnexpectedEOF),
	Sentinel("io.ErrClosedPipe", io.ErrClosedPipe),
	Sentinel("io.ErrNoProgress", io.ErrNoProgress),
	Sentinel("io.ErrShortBuffer", io.ErrShortBuffer),
	Sentinel("io.ErrShortWrite", io.ErrShortWrite),
	Sentinel("io/fs.ErrInvalid", fs.ErrInvalid),
	Sentinel("io/fs.ErrPermission", fs.ErrPermission),
	Sentinel("io/fs.ErrExist", fs.ErrExist),
	Sentinel("io/fs.ErrNotExist", fs.ErrNotExist),
	Sentinel("io/fs.ErrClosed", fs.ErrClosed),
	Sentinel("os.ErrNoDeadline", os.ErrNoDeadline),
	Sentinel("os.ErrDeadlineExceeded", os.ErrDeadlineExceeded),
	Sentinel("os.ErrProcessDone", os.ErrProcessDone),
	Sentinel("errors.ErrUnsupported", errors.ErrUnsupported),
	Sentinel("strconv.ErrRange", strconv.ErrRange),
	Sentinel("strconv.ErrSyntax", strconv.ErrSyntax),
	ErrorType[*fs.PathError]("io/fs.PathError"),
	ErrorType[*os.LinkError]("os.LinkError"),
	ErrorType[*os.SyscallError]("os.SyscallError"),
	ErrorType[*strconv.NumError]("strconv.NumError"),
	ErrorType[syscall.Errno]("syscall.Errno"),
	Sentinel("pawl.ErrNotFound", ErrNotFound),
	Sentinel("pawl.ErrUnanswered", ErrUnanswered),
	ErrorType[*AlreadyStartedError]("pawl.AlreadyStartedError"),
	ErrorType[*RunError]("pawl.RunError"),
}

// Errors holds errors registered by name. It may be used from many goroutines.
type Errors struct {
	byName    map[string]ErrorDef
	sentinels map[error]string
	types     map[reflect.Type]string
}

// NewErrors returns the errors that are always registered and those in defs.
func NewErrors(defs ...ErrorDef) *Errors {
	r := &Errors{map[string]ErrorDef{}, map[error]string{}, map[reflect.Type]string{}}
	for _, list := range [][]ErrorDef{standard, defs} {
		for _, def := range list {
			r.byName[def.Name] = def
			switch {
			case def.Type != nil:
				r.types[def.Type] = def.Name
			case def.Sentinel != nil && reflect.ValueOf(def.Sentinel).Comparable():
				r.sentinels[def.Sentinel] = def.Name
			}
		}
	}
	return r
}
