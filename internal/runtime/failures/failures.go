// Package failures turns errors into failures, which can be stored, and back.
//
// A failure keeps the tree of an error. Error variables and types that are registered by name become themselves again, so
// that errors.Is and errors.As work on the error of an activity or run as they do after a plain call. Of other errors only
// the message and the causes are kept.
package failures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"syscall"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
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

// standard holds the errors of the standard library, which are always registered.
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
}

// Errors holds errors registered by name. It may be used from many goroutines.
type Errors struct {
	byName    map[string]ErrorDef
	sentinels map[error]string
	types     map[reflect.Type]string
}

// NewErrors returns the registered errors of the standard library and those in defs.
func NewErrors(defs ...ErrorDef) *Errors {
	r := &Errors{map[string]ErrorDef{}, map[error]string{}, map[reflect.Type]string{}}
	for _, list := range [][]ErrorDef{standard, defs} {
		for _, def := range list {
			r.byName[def.Name] = def
			switch {
			case def.Type != nil:
				r.types[def.Type] = def.Name
			case def.Sentinel != nil && reflect.TypeOf(def.Sentinel).Comparable():
				r.sentinels[def.Sentinel] = def.Name
			}
		}
	}
	return r
}

// Encode returns err, with its whole tree, as a failure. It returns nil for nil.
func (r *Errors) Encode(err error) *history.Failure {
	if err == nil {
		return nil
	}
	f := r.encode(err)
	f.Final = IsFinal(err)
	return f
}

func (r *Errors) encode(err error) *history.Failure {
	f := &history.Failure{Message: err.Error(), Type: fmt.Sprintf("%T", err)}
	if reflect.TypeOf(err).Comparable() {
		if name, ok := r.sentinels[err]; ok {
			f.Kind, f.Type = history.FailureSentinel, name
			return f
		}
	}
	if name, ok := r.types[reflect.TypeOf(err)]; ok {
		if r.encodeTyped(f, err, name) {
			return f
		}
	}
	switch e := err.(type) {
	case *TimeoutError:
		f.Kind, f.Type = history.FailureTimeout, string(e.Kind)
		f.Fields, _ = json.Marshal(timeoutFields{e.Activity, e.Limit})
		f.Causes = r.causes(e.Last)
	case *PanicError:
		f.Kind, f.Message, f.Stack = history.FailurePanic, e.Value, e.Stack
	case *finalError:
		f.Kind, f.Type, f.Causes = history.FailureWrapped, finalType, r.causes(e.err)
	case *decoded:
		f.Kind, f.Type, f.Causes = e.kind, e.typ, r.causes(e.causes...)
	case interface{ Unwrap() error }:
		f.Kind, f.Causes = history.FailureWrapped, r.causes(e.Unwrap())
	case interface{ Unwrap() []error }:
		f.Kind, f.Causes = history.FailureJoined, r.causes(e.Unwrap()...)
	}
	return f
}

const finalType = "final"

type timeoutFields struct {
	Activity string
	Limit    time.Duration
}

func (r *Errors) causes(errs ...error) []history.Failure {
	var list []history.Failure
	for _, err := range errs {
		if err != nil {
			list = append(list, *r.encode(err))
		}
	}
	return list
}

// encodeTyped fills f from a value of a registered type: its exported fields as JSON, fields of type error as causes with
// a slot, and other errors that it wraps as causes without one. It reports false if a field does not encode. Then only the
// message and the causes are kept.
func (r *Errors) encodeTyped(f *history.Failure, err error, name string) bool {
	v := reflect.ValueOf(err)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	fields := map[string]json.RawMessage{}
	var slots []string
	var causes []error
	if v.Kind() != reflect.Struct {
		data, err := json.Marshal(v.Interface())
		if err != nil {
			return false
		}
		fields[""] = data
	} else {
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case !field.IsExported():
			case field.Type == errorType:
				if cause, ok := v.Field(i).Interface().(error); ok {
					slots, causes = append(slots, field.Name), append(causes, cause)
				}
			default:
				data, err := json.Marshal(v.Field(i).Interface())
				if err != nil {
					return false
				}
				fields[field.Name] = data
			}
		}
	}
	for _, cause := range unwrap(err) {
		if !contains(causes, cause) {
			slots, causes = append(slots, ""), append(causes, cause)
		}
	}
	data, jsonErr := json.Marshal(fields)
	if jsonErr != nil {
		return false
	}
	f.Kind, f.Type, f.Fields, f.Slots = history.FailureTyped, name, data, slots
	f.Causes = r.causes(causes...)
	return true
}

var errorType = reflect.TypeFor[error]()

func unwrap(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if cause := e.Unwrap(); cause != nil {
			return []error{cause}
		}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

func contains(errs []error, err error) bool {
	if !reflect.TypeOf(err).Comparable() {
		return len(errs) > 0 // it can only be one of the fields
	}
	for _, other := range errs {
		if reflect.TypeOf(other).Comparable() && other == err {
			return true
		}
	}
	return false
}

// Decode returns the error that f was made from. An error whose type is unknown, or does not decode, keeps its message
// and its causes.
func (r *Errors) Decode(f *history.Failure) error {
	if f == nil {
		return nil
	}
	causes := make([]error, len(f.Causes))
	for i := range f.Causes {
		causes[i] = r.Decode(&f.Causes[i])
	}
	plain := &decoded{kind: f.Kind, typ: f.Type, message: f.Message, causes: causes}
	switch f.Kind {
	case history.FailureSentinel:
		if def, ok := r.byName[f.Type]; ok && def.Sentinel != nil {
			return def.Sentinel
		}
	case history.FailureTyped:
		if def, ok := r.byName[f.Type]; ok && def.Type != nil {
			if err := decodeTyped(f, def.Type, causes); err != nil {
				return err
			}
		}
	case history.FailureTimeout:
		e := &TimeoutError{Kind: TimeoutKind(f.Type)}
		var fields timeoutFields
		if json.Unmarshal(f.Fields, &fields) == nil {
			e.Activity, e.Limit = fields.Activity, fields.Limit
		}
		if len(causes) > 0 {
			e.Last = causes[0]
		}
		return e
	case history.FailurePanic:
		return &PanicError{f.Message, f.Stack}
	case history.FailureWrapped:
		if f.Type == finalType && len(causes) == 1 {
			return &finalError{causes[0]}
		}
	}
	return plain
}

// decodeTyped returns a value of type t. If its message differs from the original one, or some causes have no field, it is
// wrapped in an error that has both. It returns nil if the fields do not decode.
func decodeTyped(f *history.Failure, t reflect.Type, causes []error) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(f.Fields, &fields) != nil {
		return nil
	}
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	v := reflect.New(t)
	for name, data := range fields {
		target := v.Elem()
		if name != "" {
			if target = target.FieldByName(name); !target.IsValid() || !target.CanSet() {
				continue
			}
		}
		if json.Unmarshal(data, target.Addr().Interface()) != nil {
			return nil
		}
	}
	var rest []error
	for i, cause := range causes {
		slot := ""
		if i < len(f.Slots) {
			slot = f.Slots[i]
		}
		if slot == "" {
			rest = append(rest, cause)
		} else if field := v.Elem().FieldByName(slot); field.IsValid() && field.CanSet() && field.Type() == errorType {
			field.Set(reflect.ValueOf(cause))
		}
	}
	if !pointer {
		v = v.Elem()
	}
	err, ok := v.Interface().(error)
	if !ok {
		return nil
	}
	if len(rest) == 0 && err.Error() == f.Message {
		return err
	}
	return &decoded{kind: history.FailureJoined, typ: f.Type, message: f.Message, causes: append([]error{err}, rest...)}
}

// decoded is an error whose type is not registered: its message, and what it wraps.
type decoded struct {
	kind    history.FailureKind
	typ     string
	message string
	causes  []error
}

func (e *decoded) Error() string   { return e.message }
func (e *decoded) Unwrap() []error { return e.causes }
