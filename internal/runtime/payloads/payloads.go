// Package payloads turns the author's values into payloads and back.
//
// All values are encoded and decoded, always: the first execution decodes results just as a replay does. Values are encoded
// in the workflow's own goroutine, without I/O. Where a payload enters or leaves a worker or a client, a Chain transforms
// it (compression, encryption) and puts a payload that is too large for a message into the object store: a claim check.
package payloads

import (
	"encoding/json"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/codec"
)

// DecodeError says that a payload cannot be decoded by this program. A run that needs the payload is parked, because its
// history is valid but the program does not match it.
type DecodeError struct {
	What string
	Err  error
}

func (e *DecodeError) Error() string { return fmt.Sprintf("cannot decode %s: %v", e.What, e.Err) }
func (e *DecodeError) Unwrap() error { return e.Err }

// Encode returns values as one payload, encoded by the serializer with a name.
func Encode(name string, values []any) (history.Payload, error) {
	s, err := codec.Lookup(name)
	if err != nil {
		return history.Payload{}, err
	}
	parts := make([]json.RawMessage, len(values))
	for i, v := range values {
		data, err := s.Marshal(v)
		if err != nil {
			return history.Payload{}, fmt.Errorf("encode value %d of type %T: %w", i+1, v, err)
		}
		if s.Name() != "json" {
			if data, err = json.Marshal(data); err != nil {
				return history.Payload{}, err
			}
		}
		parts[i] = data
	}
	data, err := json.Marshal(parts)
	if err != nil {
		return history.Payload{}, err
	}
	return history.Payload{Encoding: s.Name(), Data: data}, nil
}

// Decode decodes an opened payload into dst, which holds pointers to values. Without dst it does nothing. A mismatch in
// count is an error. An empty payload leaves dst unchanged: the call failed before it produced results.
func Decode(p history.Payload, dst ...any) error {
	if len(dst) == 0 {
		return nil
	}
	s, err := codec.Lookup(p.Encoding)
	if err != nil {
		return &DecodeError{"payload", err}
	}
	if len(p.Data) == 0 {
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(p.Data, &parts); err != nil {
		return &DecodeError{"payload", err}
	}
	if len(parts) != len(dst) {
		return &DecodeError{"payload", fmt.Errorf("it holds %d values, but the code expects %d", len(parts), len(dst))}
	}
	for i := range dst {
		data := []byte(parts[i])
		if s.Name() != "json" {
			if err := json.Unmarshal(parts[i], &data); err != nil {
				return &DecodeError{fmt.Sprintf("value %d", i+1), err}
			}
		}
		if err := s.Unmarshal(data, dst[i]); err != nil {
			return &DecodeError{fmt.Sprintf("value %d as %T", i+1, dst[i]), err}
		}
		RebaseTimes(dst[i])
	}
	return nil
}
