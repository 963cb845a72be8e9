// This file turns errors into failures.

package failures

import (
	stdencoding "encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// Limits of one failure, in bytes. They leave room for several failures in a message of any server.
const (
	maxText  = 8 << 10  // of one message, stack or field
	maxTotal = 32 << 10 // of all of them together
	minText  = 64       // of a message when the others have used up the total
	maxType  = 256      // of the name of a type
)

// Encode returns err, with its tree, as a failure. It returns nil for nil. A text that is too long is cut, also one in a field.
// Another field that is too long, or one that does not encode, is left out.
func (r *Errors) Encode(err error) *history.Failure {
	if err == nil {
		return nil
	}
	e := &encoding{Errors: r, bytes: maxTotal, errors: maxErrors}
	f := e.failure(err)
	f.Final = IsFinal(err)
	return f
}

// encoding is the encoding of one error with its tree.
type encoding struct {
	*Errors
	bytes  int // how many more may be used
	errors int // how many more may be encoded
}

func (e *encoding) failure(err error) *history.Failure {
	e.errors--
	f := &history.Failure{Message: e.text(Message(err)), Type: history.Cut(fmt.Sprintf("%T", err), maxType)}
	switch name, sentinel := e.sentinel(err); {
	case sentinel:
		f.Kind, f.Type = history.FailureSentinel, name
	case isNil(err):
	case !e.typed(f, err):
		e.untyped(f, err)
	}
	return f
}

func (e *encoding) sentinel(err error) (name string, ok bool) {
	name, _ = guarded(func() string { return e.sentinels[err] }) // a value that cannot be compared panics
	return name, name != ""
}

// untyped fills f from an error that is not a value of a registered type.
func (e *encoding) untyped(f *history.Failure, err error) {
	switch known := err.(type) {
	case *TimeoutError:
		f.Kind, f.Type = history.FailureTimeout, string(known.Kind)
		f.Fields, _ = json.Marshal(timeoutFields{known.Activity, known.Limit})
		f.Causes = e.failures(known.Last)
	case *WorkerLostError:
		f.Kind = history.FailureWorkerLost
		f.Fields, _ = json.Marshal(workerLostFields{known.Activity, known.Attempt})
		f.Causes = e.failures(known.Last)
	case *PanicError:
		f.Kind, f.Message, f.Stack = history.FailurePanic, e.text(known.Value), e.text(known.Stack)
	case *finalError:
		f.Kind, f.Type, f.Causes = history.FailureWrapped, finalType, e.failures(known.err)
	case *decoded:
		f.Kind, f.Type, f.Causes = known.kind, known.typ, e.failures(known.causes...)
	case interface{ Unwrap() error }:
		f.Kind, f.Causes = history.FailureWrapped, e.failures(causes(err)...)
	case interface{ Unwrap() []error }:
		f.Kind, f.Causes = history.FailureJoined, e.failures(causes(err)...)
	}
}

const finalType = "final"

type timeoutFields struct {
	Activity string
	Limit    time.Duration
}

type workerLostFields struct {
	Activity string
	Attempt  int
}

func (e *encoding) failures(errs ...error) []history.Failure {
	var list []history.Failure
	for _, err := range errs {
		if err != nil && e.errors > 0 {
			list = append(list, *e.failure(err))
		}
	}
	return list
}

// typed fills f from a value of a registered type: its exported fields as JSON, fields of type error as causes with a
// slot, and other errors that it wraps as causes without one. It reports false if the type is not registered.
func (e *encoding) typed(f *history.Failure, err error) bool {
	name, ok := e.types[reflect.TypeOf(err)]
	if !ok {
		return false
	}
	v := reflect.Indirect(reflect.ValueOf(err))
	fields := map[string]json.RawMessage{}
	var slots []string
	var held []error
	if v.Kind() != reflect.Struct {
		if !e.field(fields, "", v) {
			return false
		}
	} else {
		for i := range v.NumField() {
			switch field := v.Type().Field(i); {
			case !field.IsExported():
			case field.Type == errorType:
				if cause, ok := v.Field(i).Interface().(error); ok {
					slots, held = append(slots, field.Name), append(held, cause)
				}
			default:
				e.field(fields, field.Name, v.Field(i))
			}
		}
	}
	for _, cause := range causes(err) {
		if !contains(held, cause) {
			slots, held = append(slots, ""), append(held, cause)
		}
	}
	f.Kind, f.Type = history.FailureTyped, name
	f.Fields, _ = json.Marshal(fields)
	f.Causes = e.failures(held...)
	f.Slots = slots[:len(f.Causes)]
	return true
}

var errorType = reflect.TypeFor[error]()

func contains(errs []error, err error) bool {
	if !reflect.ValueOf(err).Comparable() {
		return len(errs) > 0 // it can only be one of the fields
	}
	return slices.ContainsFunc(errs, func(other error) bool { return same(err, other) })
}

// field adds a field, unless it does not encode or is too long. A plain string that is too long is cut.
func (e *encoding) field(fields map[string]json.RawMessage, name string, v reflect.Value) bool {
	if plain := v.Kind() == reflect.String && !v.Type().Implements(jsonMarshaler) && !v.Type().Implements(textMarshaler); plain {
		v = reflect.ValueOf(e.quotable(v.String()))
	}
	data, panicked := guarded(func() []byte {
		data, err := json.Marshal(v.Interface())
		if err != nil {
			return nil
		}
		return data
	})
	if panicked != nil || data == nil || len(data) > min(maxText, e.bytes) {
		return false
	}
	e.bytes -= len(data)
	fields[name] = data
	return true
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[stdencoding.TextMarshaler]()
)

// quotable cuts a text so that it may be stored as JSON, which may need more bytes than the text has.
func (e *encoding) quotable(text string) string {
	limit := max(minText, min(maxText, e.bytes))
	for size := limit; ; size /= 2 {
		short := history.Cut(text, size)
		if quoted, err := json.Marshal(short); err != nil || len(quoted) <= limit || size <= minText {
			return short
		}
	}
}

// text returns a text as it may be stored.
func (e *encoding) text(text string) string {
	text = history.Cut(text, max(minText, min(maxText, e.bytes)))
	e.bytes -= len(text)
	return text
}
