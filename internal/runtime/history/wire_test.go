package history

// What the codec does with bytes that no worker of this version wrote, and with values at the edges.

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
)

func sortedKinds() []Kind { return slices.Sorted(maps.Keys(bodies)) }

// field is an encoded field whose number no message of this version has, or, for the tests' purpose, one that it has.
func field(num, typ int, value ...byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(num)<<3|uint64(typ)), value...)
}

func sized(num int, data []byte) []byte {
	return append(field(num, wireBytes), append(binary.AppendUvarint(nil, uint64(len(data))), data...)...)
}

// unknown has a field of every wire type.
func unknown() []byte {
	return slices.Concat(
		field(900, wireVarint, 0x96, 0x01),
		field(901, wireFixed, 1, 2, 3, 4, 5, 6, 7, 8),
		sized(902, []byte("from the future")),
		field(903, wireShort, 1, 2, 3, 4),
	)
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	event := slices.Concat(unknown(), field(1, wireVarint, 5), sized(17, append(unknown(), sized(1, field(2, wireVarint, 3))...)))
	data := slices.Concat(unknown(), field(1, wireVarint, Format), sized(6, event), unknown())
	got, err := UnmarshalRecord(data)
	want := &Record{Format: Format, Events: []Event{{Time: time.Unix(0, 5).UTC(), Body: &TimerFired{OpID{Index: 3}}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNewerEnumValuesAreKept(t *testing.T) {
	info, err := UnmarshalRunSummary((&RunSummary{Status: 99}).Marshal())
	if err != nil || info.Status != 99 || info.Status.String() != "status 99" || !info.Status.Closed() {
		t.Errorf("got %v, %v", info, err)
	}
	negative, err := UnmarshalStartRequest((&StartRequest{Reuse: -1, Timeout: -time.Hour}).Marshal())
	if err != nil || negative.Reuse != -1 || negative.Timeout != -time.Hour {
		t.Errorf("got %+v, %v", negative, err)
	}
}

func TestNewerRecordsAreRefused(t *testing.T) {
	event := Event{Body: &TimerFired{}}
	tests := map[string][]byte{
		"format 2":         (&Record{Format: Format + 1, Events: []Event{event}}).Marshal(),
		"unknown kind":     append(field(1, wireVarint, Format), sized(6, sized(29, nil))...),
		"no format":        (&Record{Events: []Event{event}}).Marshal(),
		"no events":        (&Record{Format: Format}).Marshal(),
		"run a newer work": (&Record{Format: 1000, Events: []Event{event}}).Marshal(),
	}
	for want, data := range tests {
		if rec, err := UnmarshalRecord(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %+v, %v", want, rec, err)
		}
	}
	if msg, err := UnmarshalMessage(sized(1000, nil)); err == nil || !strings.Contains(err.Error(), "run a newer worker") {
		t.Errorf("inbox message: got %+v, %v", msg, err)
	}
}

func TestMalformedBytesAreRefused(t *testing.T) {
	long := bytes.Repeat([]byte{0xff}, 11)
	tests := map[string][]byte{
		"tag is cut":            {0x80},
		"tag overflows":         long,
		"field number 0":        field(0, wireVarint, 1),
		"field number too high": field(maxNumber+1, wireVarint, 1),
		"no varint":             field(1, wireVarint),
		"varint overflows":      field(1, wireVarint, long...),
		"fixed is cut":          field(1, wireFixed, 1, 2, 3),
		"short is cut":          field(900, wireShort, 1, 2, 3),
		"length is cut":         field(1, wireBytes, 0x80),
		"bytes are cut":         field(1, wireBytes, 5, 'a'),
		"length overflows":      field(1, wireBytes, binary.AppendUvarint(nil, math.MaxUint64)...),
		"group":                 field(900, 3),
		"end of group":          field(900, 4),
		"no such wire type":     field(900, 7),
		"string as number":      field(1, wireVarint, 1),
		"number as string":      sized(9, []byte("x")),
		"message as number":     field(6, wireVarint, 1),
		"text is no UTF-8":      sized(1, []byte{0xff}),
		"message in it is cut":  sized(6, []byte{0x80}),
	}
	for name, data := range tests {
		if m, err := UnmarshalStartRequest(data); err == nil {
			t.Errorf("%s: decoded as %+v", name, m)
		}
	}
	lists := map[string]struct {
		data []byte
		m    message
	}{
		"event as number":     {field(6, wireVarint, 1), &Record{}},
		"body as number":      {field(16, wireVarint, 1), &Event{}},
		"slot as number":      {field(8, wireVarint, 1), &Failure{}},
		"consumed as fixed":   {field(7, wireFixed, 1, 2, 3, 4, 5, 6, 7, 8), &Record{}},
		"consumed is cut":     {sized(7, []byte{1, 0x80}), &Record{}},
		"slot is no UTF-8":    {sized(8, []byte{0xff}), &Failure{}},
		"cause is malformed":  {sized(5, []byte{0x80}), &Failure{}},
		"factor as number":    {field(8, wireVarint, 1), &Policy{}},
		"archive as a number": {field(9, wireVarint, 1), &Record{}},
	}
	for name, test := range lists {
		if err := unmarshal(test.data, test.m); err == nil {
			t.Errorf("%s: decoded as %+v", name, test.m)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	data := append(field(1, wireVarint, Format), sized(6, sized(12, sized(2, sized(2, sized(2, []byte{0xff})))))...)
	_, err := UnmarshalRecord(data)
	if want := "corrupt history record: field 6: field 12: field 2: field 2: field 2 is not UTF-8"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestDeepNestingDoesNotExhaustTheStack(t *testing.T) {
	nested := func(depth int) []byte {
		var data []byte
		for range depth - 1 {
			data = append(binary.AppendUvarint(field(5, wireBytes), uint64(len(data))), data...)
		}
		return data
	}
	if err := unmarshal(nested(1000), &Failure{}); err != nil {
		t.Errorf("depth 1000: %v", err)
	}
	if err := unmarshal(nested(maxDepth+1), &Failure{}); err != errTooDeep {
		t.Errorf("depth %d: %v", maxDepth+1, err)
	}
}

func TestTheLastOfSeveralWins(t *testing.T) {
	m, err := UnmarshalStartRequest(slices.Concat(sized(1, []byte("a")), sized(1, []byte("b"))))
	if err != nil || m.Type != "b" {
		t.Errorf("string: got %+v, %v", m, err)
	}
	e := &Event{}
	if err := unmarshal(slices.Concat(sized(34, nil), sized(17, nil)), e); err != nil || !reflect.DeepEqual(e.Body, &TimerFired{}) {
		t.Errorf("body: got %+v, %v", e, err)
	}
}

func TestNumbersMayComeUnpacked(t *testing.T) {
	r := &Record{}
	err := unmarshal(slices.Concat(sized(7, []byte{1, 2}), field(7, wireVarint, 3), sized(7, nil), sized(7, []byte{4})), r)
	if err != nil || !slices.Equal(r.Consumed, []uint64{1, 2, 3, 4}) {
		t.Errorf("got %v, %v", r.Consumed, err)
	}
}

func TestTextBecomesUTF8(t *testing.T) {
	f := &Failure{Message: "bad \xff byte", Slots: []string{"\xc0"}}
	got := &Failure{}
	if err := unmarshal(marshal(f), got); err != nil || got.Message != "bad \uFFFD byte" || got.Slots[0] != "\uFFFD" {
		t.Errorf("got %+v, %v", got, err)
	}
	if f.Message != "bad \xff byte" {
		t.Errorf("encoding changed the value to %q", f.Message)
	}
	if err := proto.Unmarshal(marshal(f), dynamic(f)); err != nil {
		t.Errorf("library: %v", err)
	}
}

func TestInstantsBeyondTheFormat(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 1, time.UTC)
	tests := map[string]struct{ in, want time.Time }{
		"none":                   {time.Time{}, time.Time{}},
		"to the nanosecond":      {now, now},
		"in another time zone":   {now.In(time.FixedZone("here", 3600)), now},
		"time.Sleep for ever":    {now.Add(math.MaxInt64), latest.UTC()},
		"before the first there": {time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), earliest.UTC()},
	}
	for name, test := range tests {
		got := &TimerStarted{}
		if err := unmarshal(marshal(&TimerStarted{Due: test.in}), got); err != nil || got.Due != test.want {
			t.Errorf("%s: got %v, want %v, %v", name, got.Due, test.want, err)
		}
	}
}

func TestFloatsKeepTheirSign(t *testing.T) {
	p, got := &Policy{BackoffFactor: math.Copysign(0, -1)}, &Policy{}
	if err := unmarshal(marshal(p), got); err != nil || !math.Signbit(got.BackoffFactor) {
		t.Errorf("got %v, %v", got.BackoffFactor, err)
	}
}

func TestDecodedValuesDoNotShareTheBytes(t *testing.T) {
	data := (&StartRequest{Type: "type", Input: Payload{Data: []byte("data")}}).Marshal()
	m, err := UnmarshalStartRequest(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if m.Type != "type" || string(m.Input.Data) != "data" {
		t.Errorf("got %+v", m)
	}
}
