// This file turns failures back into errors.

package failures

import (
	"encoding/json"
	"reflect"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

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
			// The methods with which the type decodes itself are the author's, and may panic.
			if err, _ := guarded(func() error { return decodeTyped(f, def.Type, causes) }); err != nil {
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
	case history.FailureWorkerLost:
		e := &WorkerLostError{}
		var fields workerLostFields
		if json.Unmarshal(f.Fields, &fields) == nil {
			e.Activity, e.Attempt = fields.Activity, fields.Attempt
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
// wrapped in an error that has both. So it is if its Error method panics, because a field that is not exported has been
// lost. decodeTyped returns nil if the fields do not decode.
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
	if text, panicked := guarded(err.Error); len(rest) == 0 && panicked == nil && text == f.Message {
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
