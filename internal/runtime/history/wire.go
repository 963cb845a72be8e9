// This file is the protobuf wire format, as far as history.proto uses it. Each message describes its fields once, in
// a method called fields, which serves both directions. The tests compare the result with Google's library. https://protobuf.dev/programming-guides/encoding/

package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// message is a type that lists its fields.
type message interface{ fields(w *wire) }

// Wire types of the format. The schema has no groups.
const (
	wireVarint = 0
	wireFixed  = 1
	wireBytes  = 2
	wireShort  = 5 // not used by this schema, but perhaps by a newer one
)

const (
	maxNumber = 1<<29 - 1 // of fields
	maxDepth  = 10_000    // of messages in messages: as in Go's protobuf library
)

var (
	errMalformed = errors.New("message is cut short or malformed")
	errTooDeep   = fmt.Errorf("messages are nested deeper than %d", maxDepth)
)

// wire is an encoding or a decoding under way: exactly one of out (encoding) and in (decoding) is in use.
type wire struct {
	decoding bool
	out      []byte
	in       []rawField
	depth    int // how much deeper a decoding may go
	err      error
}

// rawField is one field as encoded.
type rawField struct {
	num   int
	typ   int
	value uint64 // of a number
	data  []byte // of everything else
}

// marshal encodes m.
func marshal(m message) []byte {
	w := &wire{}
	m.fields(w)
	return w.out
}

// unmarshal decodes data into m. Fields that m does not list are skipped: they come from a newer version.
func unmarshal(data []byte, m message) error { return decode(data, m, maxDepth) }

func decode(data []byte, m message, depth int) error {
	if depth == 0 {
		return errTooDeep
	}
	in, err := split(data)
	if err != nil {
		return err
	}
	w := &wire{decoding: true, in: in, depth: depth}
	m.fields(w)
	return w.err
}

// split cuts an encoded message into its fields.
func split(data []byte) ([]rawField, error) {
	fields := make([]rawField, 0, 8)
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errMalformed
		}
		if num := tag >> 3; num == 0 || num > maxNumber {
			return nil, fmt.Errorf("field number %d", num)
		}
		f := rawField{num: int(tag >> 3), typ: int(tag & 7)}
		rest, err := f.read(data[n:])
		if err != nil {
			return nil, err
		}
		data = rest
		fields = append(fields, f)
	}
	return fields, nil
}

// read takes the value of f from the front of data and returns what follows it.
func (f *rawField) read(data []byte) (rest []byte, err error) {
	var size uint64
	var n int
	switch f.typ {
	case wireVarint:
		if f.value, n = binary.Uvarint(data); n <= 0 {
			return nil, errMalformed
		}
		return data[n:], nil
	case wireFixed:
		size = 8
	case wireShort:
		size = 4
	case wireBytes:
		if size, n = binary.Uvarint(data); n <= 0 {
			return nil, errMalformed
		}
	default:
		return nil, fmt.Errorf("wire type %d of field %d", f.typ, f.num)
	}
	if data = data[n:]; size > uint64(len(data)) {
		return nil, errMalformed
	}
	f.data = data[:size]
	return data[size:], nil
}

func (w *wire) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// last returns the last field with a number: as in protobuf, the last one wins.
func (w *wire) last(num, typ int) (rawField, bool) {
	for _, f := range slices.Backward(w.in) {
		if f.num == num {
			return f, w.expect(f, typ)
		}
	}
	return rawField{}, false
}

// each calls take with every field of this number, in order.
func (w *wire) each(num, typ int, take func(rawField)) {
	for _, f := range w.in {
		if f.num == num && w.expect(f, typ) {
			take(f)
		}
	}
}

// expect reports whether f has the wire type typ. If not, the decoding fails.
func (w *wire) expect(f rawField, typ int) bool {
	if f.typ != typ {
		w.fail(fmt.Errorf("field %d has wire type %d, want %d", f.num, f.typ, typ))
	}
	return f.typ == typ
}

func (w *wire) tag(num, typ int) {
	w.out = binary.AppendUvarint(w.out, uint64(num)<<3|uint64(typ))
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
// the types int32 and int64 of the schema.
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
	bits := math.Float64bits(*v)
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireFixed); ok {
			*v = math.Float64frombits(binary.LittleEndian.Uint64(f.data))
		}
	case bits != 0:
		w.tag(num, wireFixed)
		w.out = binary.LittleEndian.AppendUint64(w.out, bits)
	}
}

// string is text. Bytes that are not valid UTF-8, for example in the message of an error, are replaced: readers in other
// languages reject such text.
func (w *wire) string(num int, v *string) {
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireBytes); ok {
			*v = w.text(f)
		}
	case *v != "":
		w.appendText(num, *v)
	}
}

// texts is a repeated string. Empty strings keep their place.
func (w *wire) texts(num int, v *[]string) {
	if w.decoding {
		w.each(num, wireBytes, func(f rawField) { *v = append(*v, w.text(f)) })
		return
	}
	for _, text := range *v {
		w.appendText(num, text)
	}
}

func (w *wire) text(f rawField) string {
	if !utf8.Valid(f.data) {
		w.fail(fmt.Errorf("field %d is not UTF-8", f.num))
	}
	return string(f.data)
}

func (w *wire) appendText(num int, text string) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	w.tag(num, wireBytes)
	w.out = binary.AppendUvarint(w.out, uint64(len(text)))
	w.out = append(w.out, text...)
}

func (w *wire) bytes(num int, v *[]byte) {
	switch {
	case w.decoding:
		if f, ok := w.last(num, wireBytes); ok {
			*v = append([]byte(nil), f.data...)
		}
	case len(*v) > 0:
		w.appendBytes(num, *v)
	}
}

func (w *wire) appendBytes(num int, data []byte) {
	w.tag(num, wireBytes)
	w.out = binary.AppendUvarint(w.out, uint64(len(data)))
	w.out = append(w.out, data...)
}

// time is an instant as nanoseconds since 1970, in UTC. The zero time is absent.
func (w *wire) time(num int, v *time.Time) {
	var n int64
	if !w.decoding && !v.IsZero() {
		n = unixNanos(*v)
	}
	if number(w, num, &n); w.decoding && n != 0 {
		*v = time.Unix(0, n).UTC()
	}
}

// The first and the last instant that the format can represent, in 1677 and 2262.
var earliest, latest = time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)

// unixNanos returns t, or the nearest instant that the format can represent: time.Sleep(math.MaxInt64) ends later.
func unixNanos(t time.Time) int64 {
	switch {
	case t.Before(earliest):
		t = earliest
	case t.After(latest):
		t = latest
	}
	return t.UnixNano()
}

// uints is a packed list. It may be encoded unpacked, or in pieces.
func (w *wire) uints(num int, v *[]uint64) {
	if !w.decoding {
		if len(*v) == 0 {
			return
		}
		var packed []byte
		for _, u := range *v {
			packed = binary.AppendUvarint(packed, u)
		}
		w.appendBytes(num, packed)
		return
	}
	for _, f := range w.in {
		switch {
		case f.num != num:
		case f.typ == wireVarint:
			*v = append(*v, f.value)
		case w.expect(f, wireBytes):
			w.unpack(f.data, v)
		}
	}
}

func (w *wire) unpack(data []byte, v *[]uint64) {
	for len(data) > 0 {
		u, n := binary.Uvarint(data)
		if n <= 0 {
			w.fail(errMalformed)
			return
		}
		*v, data = append(*v, u), data[n:]
	}
}

// sub is an embedded message that is never nil. If it is empty, it is not encoded.
func (w *wire) sub(num int, m message) {
	if w.decoding {
		if f, ok := w.last(num, wireBytes); ok {
			w.open(f, m)
		}
		return
	}
	before := len(w.out)
	if w.embed(num, m) == 0 {
		w.out = w.out[:before]
	}
}

// optional is an embedded message that may be nil.
func optional[T any, M interface {
	*T
	message
}](w *wire, num int, v *M) {
	if w.decoding {
		if f, ok := w.last(num, wireBytes); ok {
			*v = new(T)
			w.open(f, *v)
		}
		return
	}
	if *v != nil {
		w.embed(num, *v)
	}
}

// list is a repeated embedded message.
func list[T any, M interface {
	*T
	message
}](w *wire, num int, v *[]T) {
	if w.decoding {
		w.each(num, wireBytes, func(f rawField) {
			var item T
			w.open(f, M(&item))
			*v = append(*v, item)
		})
		return
	}
	for i := range *v {
		w.embed(num, M(&(*v)[i]))
	}
}

// embed writes m as a field and returns the length of its encoding. The length precedes the encoding but is known last.
func (w *wire) embed(num int, m message) int {
	w.tag(num, wireBytes)
	start := len(w.out)
	m.fields(w)
	size := len(w.out) - start
	var prefix [binary.MaxVarintLen64]byte
	w.out = slices.Insert(w.out, start, binary.AppendUvarint(prefix[:0], uint64(size))...)
	return size
}

// open decodes an embedded message.
func (w *wire) open(f rawField, m message) {
	err := decode(f.data, m, w.depth-1)
	switch {
	case err == errTooDeep: // saying where would take too long
		w.fail(err)
	case err != nil:
		w.fail(fmt.Errorf("field %d: %w", f.num, err))
	}
}
