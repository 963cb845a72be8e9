package codec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

var errDeclined = errors.New("declined")

type cardError struct {
	Code int
	Err  error
}

func (e *cardError) Error() string { return fmt.Sprintf("card error %d", e.Code) }
func (e *cardError) Unwrap() error { return e.Err }

type hidden struct{ msg string }

func (e *hidden) Error() string { return e.msg }

type code string

func (c code) Error() string { return "code " + string(c) }
func (c code) Final() bool   { return true }

func testErrors() *Errors {
	return NewErrors(Sentinel("t.errDeclined", errDeclined), ErrorType[*cardError]("t.cardError"), ErrorType[*hidden]("t.hidden"), ErrorType[code]("t.code"))
}

// The tree of an error survives the codec: twice, as when a workflow returns an activity's error.
func TestErrorsKeepTheirTree(t *testing.T) {
	_, notExist := os.ReadFile("/does/not/exist")
	r := testErrors()
	for _, err := range []error{
		errDeclined, io.EOF, context.Canceled, notExist, code("x"), &hidden{"secret"},
		fmt.Errorf("charging: %w", errDeclined),
		errors.Join(errDeclined, io.ErrUnexpectedEOF),
		fmt.Errorf("two: %w and %w", errDeclined, fs.ErrNotExist),
		&cardError{51, errDeclined},
		fmt.Errorf("outer: %w", &cardError{Code: 7}),
		Final(fmt.Errorf("outer: %w", errDeclined)),
		&TimeoutError{StartToClose, "shop.Charge", time.Second, errDeclined},
		&PanicError{"index out of range", "goroutine 1"},
		errors.New("unknown"),
		fmt.Errorf("no verb"),
	} {
		once := r.Encode(err)
		again := r.Encode(r.Decode(once))
		for round, f := range []*history.Failure{once, again} {
			got := r.Decode(f)
			if got.Error() != err.Error() {
				t.Errorf("%v, round %d: message %q", err, round, got)
			}
			for _, target := range []error{errDeclined, io.EOF, io.ErrUnexpectedEOF, fs.ErrNotExist, context.Canceled, context.DeadlineExceeded} {
				if errors.Is(got, target) != errors.Is(err, target) {
					t.Errorf("%v, round %d: errors.Is(%v) = %v", err, round, target, errors.Is(got, target))
				}
			}
			var want, card *cardError
			if errors.As(err, &want) != errors.As(got, &card) || want != nil && want.Code != card.Code {
				t.Errorf("%v, round %d: cardError %v, want %v", err, round, card, want)
			}
			if IsFinal(got) != IsFinal(err) || f.Final != IsFinal(err) {
				t.Errorf("%v, round %d: final %v %v", err, round, IsFinal(got), f.Final)
			}
		}
	}
}

func TestUnknownTypeKeepsItsMessage(t *testing.T) {
	f := testErrors().Encode(&cardError{51, errDeclined})
	err := NewErrors().Decode(f)
	if err.Error() != "card error 51" {
		t.Errorf("got %v", err)
	}
	if f := NewErrors().Encode(&cardError{Code: 3}); f.Kind != history.FailureWrapped || !strings.Contains(f.Type, "cardError") {
		t.Errorf("got %+v", f)
	}
}

type mapObjects map[string][]byte

func (m mapObjects) PutObject(_ context.Context, name string, data []byte) error {
	m[name] = bytes.Clone(data)
	return nil
}

func (m mapObjects) GetObject(_ context.Context, name string) ([]byte, error) {
	if data, ok := m[name]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("no object %q", name)
}

func TestChain(t *testing.T) {
	aes, err := AES(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	ctx, objects := context.Background(), mapObjects{}
	big := strings.Repeat("pawl ", 1000)
	for _, c := range []*Chain{
		{},
		{Transforms: []Transform{Gzip{}}},
		{Transforms: []Transform{Gzip{}, aes}, Objects: objects, Threshold: 10},
	} {
		p, err := Encode("", []any{big, 42})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Seal(ctx, "w/r", &p); err != nil {
			t.Fatal(err)
		}
		if len(c.Transforms) == 2 && (p.Object == "" || len(p.Data) != 0 || p.Encoding != "json+gzip+aes") {
			t.Errorf("not checked in: %+v", p)
		}
		if err := c.Open(ctx, &p); err != nil {
			t.Fatal(err)
		}
		var s string
		var n int
		if err := Decode(p, &s, &n); err != nil || s != big || n != 42 {
			t.Errorf("got %d bytes, %d, %v", len(s), n, err)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	ctx := context.Background()
	var de *DecodeError
	if err := (&Chain{}).Open(ctx, &history.Payload{Encoding: "json+rot13", Data: []byte("x")}); !errors.As(err, &de) {
		t.Errorf("unknown transform: %v", err)
	}
	if err := Decode(history.Payload{Encoding: "json", Data: []byte(`["a"]`)}, new(int)); !errors.As(err, &de) {
		t.Errorf("wrong type: %v", err)
	}
	if err := Decode(history.Payload{Encoding: "json", Data: []byte(`["a"]`)}, new(string), new(int)); !errors.As(err, &de) {
		t.Errorf("too few values: %v", err)
	}
	p := history.Payload{Encoding: "json", Data: bytes.Repeat([]byte("x"), 100)}
	if err := (&Chain{Threshold: 10}).Seal(ctx, "w/r", &p); !errors.Is(err, ErrNoObjects) {
		t.Errorf("too large: %v", err)
	}
	bomb, _ := Gzip{}.Seal(make([]byte, 1<<20))
	if _, err := (Gzip{Max: 1000}).Open(bomb); err == nil {
		t.Error("bomb went off")
	}
	if _, err := Encode("nonesuch", nil); err == nil {
		t.Error("unknown codec")
	}
}
