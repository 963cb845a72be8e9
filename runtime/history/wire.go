package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// This file is the protobuf wire format, as far as history.proto uses it. Each message describes its fields once, in
// a method called fields, and that description serves both directions. A worker needs no protobuf library for it;
// the tests hold the result against one. https://protobuf.dev/programming-guides/encoding/

// message is a type that lists its fields.
type message interface{ fields(w *wire) }

// Wire types of the format; groups and fixed32 do not occur in the schema.
const (
	wireVarint = 0
	wireFixed  = 1
	wireBytes  = 2
)

// errTruncated says that a message ends in the middle of a field.
var errTruncated = errors.New("message is cut short")

// wire is an encoding or a decoding under way: exactly one of out (encoding) and in (decoding) is in use.
type wire struct {
	decoding bool
	out      []byte
	in       []rawField
	err      error
}

// rawField is one field as it stood in the bytes.
type rawField struct {
	num   int
	typ   int
	value uint64
	data  []byte
}

// marshal encodes m.
func marshal(m message) []byte {
	w := &wire{}
	m.fields(w)
	return w.out
}

// unmarshal decodes data into m. Fields that m does not list are skipped: they come from a newer version.
func unmarshal(data []byte, m message) error {
	raw, err := split(data)
	if err != nil {
		return err
	}
	w := &wire{decoding: true, in: raw}
	m.fields(w)
	return w.err
}

// split cuts an encoded message into its fields.
func split(data []byte) ([]rawField, error) {
	fields := make([]rawField, 0, 8)
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errTruncated
		}
		data = data[n:]
		f := rawField{num: int(tag >> 3), typ: int(tag & 7)}
		if f.num == 0 {
			return nil, errors.New("field number 0")
		}
		switch f.typ {
		case wireVarint:
			if f.value, n = binary.Uvarint(data); n <= 0 {
				return nil, errTruncated
			}
		case wireFixed:
			if n = 8; len(data) < n {
				return nil, errTruncated
			}
			f.value = binary.LittleEndian.Uint64(data)
		case wireBytes:
			size, k := binary.Uvarint(data)
			if k <= 0 || size > uint64(len(data)-k) {
				return nil, errTruncated
			}
			f.data, n = data[k:k+int(size)], k+int(size)
		default:
			return nil, fmt.Errorf("wire type %d of field %d", f.typ, f.num)
		}
		data = data[n:]
		fields = append(fields, f)
	}
	return fields, nil
}

func (w *wire) tag(num, typ int) {
	w.out = binary.AppendUvarint(w.out, uint64(num)<<3|uint64(typ))
}

// last returns the last field with this number: as in protobuf, the last one wins.
func (w *wire) last(num, typ int) (rawField, bool) {
	for i := len(w.in) - 1; i >= 0; i-- {
		if w.in[i].num == num {
			if w.in[i].typ != typ {
				w.err = fmt.Errorf("field %d has wire type %d, want %d", num, w.in[i].typ, typ)
				return rawField{}, false
			}
			return w.in[i], true
		}
	}
	return rawField{}, false
}

func (w *wire) uint(num int, v *uint64) {
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireVarint); ok {
			*v = f.value
		}
	case *v != 0:
		w.tag(num, wireVarint)
		w.out = binary.AppendUvarint(w.out, *v)
	}
}

// number is any integer field: an enum, a count, a duration in nanoseconds. Negative values take ten bytes, as in
// the type int64 of the schema.
func number[T ~int | ~int32 | ~int64 | ~uint32](w *wire, num int, v *T) {
	u := uint64(*v)
	w.uint(num, &u)
	*v = T(u)
}

func (w *wire) bool(num int, v *bool) {
	var u uint64
	if *v {
		u = 1
	}
	w.uint(num, &u)
	*v = u != 0
}

func (w *wire) float(num int, v *float64) {
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireFixed); ok {
			*v = math.Float64frombits(f.value)
		}
	case *v != 0:
		w.tag(num, wireFixed)
		w.out = binary.LittleEndian.AppendUint64(w.out, math.Float64bits(*v))
	}
}

func (w *wire) string(num int, v *string) {
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireBytes); ok {
			*v = string(f.data)
		}
	case *v != "":
		w.tag(num, wireBytes)
		w.out = binary.AppendUvarint(w.out, uint64(len(*v)))
		w.out = append(w.out, *v...)
	}
}

func (w *wire) bytes(num int, v *[]byte) {
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireBytes); ok {
			*v = append([]byte(nil), f.data...)
		}
	case len(*v) > 0:
		w.embed(num, *v)
	}
}

func (w *wire) embed(num int, data []byte) {
	w.tag(num, wireBytes)
	w.out = binary.AppendUvarint(w.out, uint64(len(data)))
	w.out = append(w.out, data...)
}

// time is an instant as nanoseconds since 1970, in UTC. The zero time is absent.
func (w *wire) time(num int, v *time.Time) {
	if w.decoding {
		var n int64
		if number(w, num, &n); n != 0 {
			*v = time.Unix(0, n).UTC()
		}
		return
	}
	if !v.IsZero() {
		n := v.UnixNano()
		number(w, num, &n)
	}
}

// uints is a packed list.
func (w *wire) uints(num int, v *[]uint64) {
	if !w.decoding {
		if len(*v) == 0 {
			return
		}
		var packed []byte
		for _, u := range *v {
			packed = binary.AppendUvarint(packed, u)
		}
		w.embed(num, packed)
		return
	}
	f, ok := w.last(num, wireBytes)
	if !ok {
		return
	}
	for data := f.data; len(data) > 0; {
		u, n := binary.Uvarint(data)
		if n <= 0 {
			w.err = errTruncated
			return
		}
		*v, data = append(*v, u), data[n:]
	}
}

// sub is an embedded message that is always there on decoding, and absent from the bytes if it is empty.
func (w *wire) sub(num int, m message) {
	if !w.decoding {
		if data := marshal(m); len(data) > 0 {
			w.embed(num, data)
		}
		return
	}
	if f, ok := w.last(num, wireBytes); ok {
		w.nested(num, unmarshal(f.data, m))
	}
}

func (w *wire) nested(num int, err error) {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("field %d: %w", num, err)
	}
}

// optional is an embedded message that may be absent: nil.
func optional[T any, M interface {
	*T
	message
}](w *wire, num int, v *M) {
	if !w.decoding {
		if *v != nil {
			w.embed(num, marshal(*v))
		}
		return
	}
	if f, ok := w.last(num, wireBytes); ok {
		*v = new(T)
		w.nested(num, unmarshal(f.data, *v))
	}
}

// list is a repeated embedded message.
func list[T any, M interface {
	*T
	message
}](w *wire, num int, v *[]T) {
	if !w.decoding {
		for i := range *v {
			w.embed(num, marshal(M(&(*v)[i])))
		}
		return
	}
	for _, f := range w.in {
		if f.num == num && f.typ == wireBytes {
			var item T
			w.nested(num, unmarshal(f.data, M(&item)))
			*v = append(*v, item)
		}
	}
}

// texts is a repeated string. Empty strings keep their place.
func (w *wire) texts(num int, v *[]string) {
	if !w.decoding {
		for _, text := range *v {
			w.embed(num, []byte(text))
		}
		return
	}
	for _, f := range w.in {
		if f.num == num && f.typ == wireBytes {
			*v = append(*v, string(f.data))
		}
	}
}
