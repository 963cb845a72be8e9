// This file tests values that do not encode or decode, or whose methods panic.

package payloads

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/codec"
)

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error)         { panic("no JSON") }
func (*panicking) UnmarshalJSON([]byte) error          { panic("no value") }
func (panicking) Name() string                         { return "panics" }
func (panicking) Marshal(any) ([]byte, error)          { panic("no bytes") }
func (panicking) Unmarshal([]byte, any) error          { panic("no value") }
func (panicking) Seal(data []byte) (b []byte, e error) { panic("no seal") }
func (panicking) Open(data []byte) (b []byte, e error) { panic("no open") }

// status refuses its zero value.
type status string

func (s *status) UnmarshalText(text []byte) error {
	if *s = status(text); *s != "paid" {
		return fmt.Errorf("unknown status %q", text)
	}
	return nil
}

type list struct {
	At   time.Time
	Next *list
}

// ring decodes as a cyclic value.
type ring struct{ *list }

func (r *ring) UnmarshalJSON([]byte) error {
	r.list = &list{At: time.Now()}
	r.list.Next = r.list
	return nil
}

func TestValuesThatDoNotEncode(t *testing.T) {
	self := map[string]any{}
	self["self"] = self
	for name, v := range map[string]any{
		"NaN": math.NaN(), "panics": panicking{}, "channel": make(chan int), "cyclic": self,
	} {
		if _, err := Encode("", []any{1, v}); err == nil || !strings.Contains(err.Error(), "value 2") {
			t.Errorf("%s: %v", name, err)
		}
		var one, two int
		two = 7
		DecodeBeside(EncodeBeside("", []any{1, v}), &one, &two)
		if one != 1 {
			t.Errorf("beside an error, %s also lost the other value", name)
		}
	}
	codec.Register(panicking{})
	if _, err := Encode("panics", []any{1}); err == nil || !strings.Contains(err.Error(), "no bytes") {
		t.Errorf("a codec that panics: %v", err)
	}
	if p := EncodeBeside("unknown", []any{1}); len(p.Data) != 0 {
		t.Errorf("a codec that does not exist: %v", p)
	}
}

func TestValuesThatDoNotDecode(t *testing.T) {
	var decodeError *DecodeError
	if err := Decode(history.Payload{Encoding: "json", Data: []byte("[1]")}, &panicking{}); !errors.As(err, &decodeError) {
		t.Errorf("a value that panics: %v", err)
	}
	n, s := 1, status("before")
	p, err := Encode("", []any{5, status("")})
	if err != nil {
		t.Fatal(err)
	}
	if err := Decode(p, &n, &s); !errors.As(err, &decodeError) {
		t.Errorf("a value that refuses: %v", err)
	}
	if DecodeBeside(p, &n, &s); n != 5 || s != "" {
		t.Errorf("beside an error: %d, %q", n, s)
	}
	if DecodeBeside(history.Payload{Encoding: "json", Data: []byte("[1]")}, &n, &s); n != 0 {
		t.Errorf("another number of values, beside an error: %d", n)
	}
	var cyclic ring
	if err := Decode(history.Payload{Encoding: "json", Data: []byte("[1]")}, &cyclic); err != nil || cyclic.Next != cyclic.list {
		t.Errorf("a cyclic value: %v", err)
	}
}

func TestValuesOverTheLimit(t *testing.T) {
	defer func(before int) { maxSize = before }(maxSize)
	maxSize = 1000
	for size, fits := range map[int]bool{900: true, 2000: false} {
		if _, err := Encode("", []any{strings.Repeat("x", size)}); (err == nil) != fits {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestTransformsThatFail(t *testing.T) {
	var refused *SealError
	for name, transform := range map[string]codec.Transform{"panics": panicking{}, "over its limit": codec.Gzip{Max: 10}} {
		c := &Chain{Transforms: []codec.Transform{transform}}
		p := history.Payload{Encoding: "json", Data: []byte("[12345678901]")}
		if err := c.Seal(context.Background(), "x", &p); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := &Chain{Transforms: []codec.Transform{panicking{}}}
	var decodeError *DecodeError
	if err := c.Open(context.Background(), &history.Payload{Encoding: "json+panics", Data: []byte("x")}); !errors.As(err, &decodeError) {
		t.Errorf("open that panics: %v", err)
	}
}
