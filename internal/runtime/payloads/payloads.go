// Package payloads turns the author's values into payloads and back.
//
// All values are encoded and decoded, always: the first execution decodes results just as a replay does. Values are encoded
// in the workflow's own goroutine, without I/O. Where a payload enters or leaves a worker or a client, a Chain transforms
// it (compression, encryption) and puts a payload that is too large for a message into the object store: a claim check.
package payloads

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/panics"
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

// maxSize is the size of the largest payload, in bytes: of all inputs or all results of one call together. The claim check
// moves large payloads to the object store, but every worker that needs one holds it in memory. Tests change it.
var maxSize = 128 << 20

// Encode returns values as one payload, encoded by the serializer with a name. The methods that encode a value may be the
// author's: if one panics, Encode fails.
func Encode(name string, values []any) (history.Payload, error) {
	return encode(name, values, func(err error) ([]byte, error) { return nil, err })
}

// EncodeBeside is Encode for the values that a function returned beside an error. They must not hide the error: a value
// that does not encode is left out. DecodeBeside decodes it as the zero value.
func EncodeBeside(name string, values []any) history.Payload {
	p, err := encode(name, values, func(error) ([]byte, error) { return []byte("null"), nil })
	if err != nil {
		return history.Payload{}
	}
	return p
}

// encode encodes each value, or puts in its place what failed returns.
func encode(name string, values []any, failed func(error) ([]byte, error)) (history.Payload, error) {
	s, err := codec.Lookup(name)
	if err != nil {
		return history.Payload{}, err
	}
	parts := make([]json.RawMessage, len(values))
	for i, v := range values {
		part, err := encodeValue(s, v)
		if err != nil {
			if part, err = failed(fmt.Errorf("encode value %d of type %T: %w", i+1, v, err)); err != nil {
				return history.Payload{}, err
			}
		}
		parts[i] = part
	}
	data, err := json.Marshal(parts)
	if err != nil {
		return history.Payload{}, err
	}
	if len(data) > maxSize {
		return history.Payload{}, fmt.Errorf("values of %d bytes are over the limit of %d: keep the data elsewhere and pass its name", len(data), maxSize)
	}
	return history.Payload{Encoding: s.Name(), Data: data}, nil
}

func encodeValue(s codec.Serializer, v any) (data []byte, err error) {
	defer recoverAs(&err, "encoding")
	data, err = s.Marshal(v)
	if err != nil {
		return nil, err
	}
	if s.Name() == "json" {
		return data, nil
	}
	return json.Marshal(data)
}

// recoverAs turns a panic of code that is not trusted into an error.
func recoverAs(err *error, doing string) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%s panicked: %s", doing, panics.Text(v))
	}
}

// Decode decodes an opened payload into dst, which holds pointers to values. Without dst it does nothing. A mismatch in
// count is an error. An empty payload leaves dst unchanged: the call failed before it produced results. The methods that
// decode a value may be the author's: if one panics, Decode fails.
func Decode(p history.Payload, dst ...any) error {
	return decode(p, dst, codec.Lookup, func(_ any, err error) error { return err })
}

// DecodeExactly is Decode for input that was not recorded yet. A JSON field that the type does not have is an error: it may be
// misspelled, and the code would silently work without it.
func DecodeExactly(p history.Payload, dst ...any) error {
	exact := func(name string) (codec.Serializer, error) {
		s, err := codec.Lookup(name)
		if err == nil && s.Name() == "json" {
			s = exactJSON{s}
		}
		return s, err
	}
	return decode(p, dst, exact, func(_ any, err error) error { return err })
}

// exactJSON is a serializer for JSON that does not ignore unknown fields.
type exactJSON struct{ codec.Serializer }

// Unmarshal implements codec.Serializer.
func (exactJSON) Unmarshal(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// DecodeBeside is Decode for values that were returned beside an error. They must not hide the error: a value that does not
// decode is zero.
func DecodeBeside(p history.Payload, dst ...any) {
	err := decode(p, dst, codec.Lookup, func(v any, _ error) error { zero(v); return nil })
	if err != nil {
		for _, v := range dst {
			zero(v)
		}
	}
}

func zero(pointer any) { reflect.ValueOf(pointer).Elem().SetZero() }

// decode decodes each value with the serializer that lookup returns, or does what failed says.
func decode(p history.Payload, dst []any, lookup func(name string) (codec.Serializer, error), failed func(dst any, err error) error) error {
	if len(dst) == 0 {
		return nil
	}
	s, err := lookup(p.Encoding)
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
		if err := decodeValue(s, parts[i], dst[i]); err != nil {
			if err = failed(dst[i], &DecodeError{fmt.Sprintf("value %d as %T", i+1, dst[i]), err}); err != nil {
				return err
			}
		}
		RebaseTimes(dst[i])
	}
	return nil
}

func decodeValue(s codec.Serializer, data []byte, dst any) (err error) {
	defer recoverAs(&err, "decoding")
	if s.Name() != "json" {
		part := data
		if err := json.Unmarshal(part, &data); err != nil {
			return err
		}
	}
	return s.Unmarshal(data, dst)
}
