// This file tests errors that are hostile: they become valid, bounded failures, and decode to errors that are safe to use.

package failures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// reply is unexported, so decoding loses it, and Error panics.
type refused struct {
	Code  int
	reply *string
}

func (e *refused) Error() string { return fmt.Sprint("refused: ", e.Code, *e.reply) }

type panicking struct{ Field panicsInJSON }

type panicsInJSON struct{}

func (panicsInJSON) MarshalJSON() ([]byte, error) { panic("no JSON") }

func (e *panicking) Error() string { panic("no text") }
func (e *panicking) Unwrap() error { panic("no cause") }
func (e *panicking) Is(error) bool { panic("no identity") }
func (e *panicking) Final() bool   { panic("no decision") }

// loop wraps itself.
type loop struct{ next error }

func (e *loop) Error() string { return "loop" }
func (e *loop) Unwrap() error { return e.next }

// double wraps two errors that wrap two errors each, and so on: a tree that is much larger than its values.
type double struct{ next error }

func (e *double) Error() string   { return "double" }
func (e *double) Unwrap() []error { return []error{e.next, e.next} }

// incomparable panics when it is compared.
type incomparable struct{ Any any }

func (e incomparable) Error() string { return "incomparable" }

type huge struct {
	Code int
	Body string
}

func (e *huge) Error() string { return fmt.Sprint("huge ", e.Code) }

type unmarshals struct{ Field picky }

type picky string

func (p *picky) UnmarshalJSON([]byte) error { panic("no value") }
func (e *unmarshals) Error() string         { return "unmarshals" }

type cyclic struct{ Self *cyclic }

func (e *cyclic) Error() string { return "cyclic" }

func hostile() map[string]error {
	reply := "no money"
	var nilCard *cardError
	var nilTimeout *TimeoutError
	var nilLost *WorkerLostError
	var nilPanic *PanicError
	ring := &loop{}
	ring.next = ring
	tree := errors.New("leaf")
	for range 100 {
		tree = &double{tree}
	}
	layers := errors.New(strings.Repeat("x", 100<<10))
	for range 10 {
		layers = fmt.Errorf("layer: %w", layers)
	}
	var many []error
	for range 10_000 {
		many = append(many, errDeclined)
	}
	self := &cyclic{}
	self.Self = self
	return map[string]error{
		"typed nil":            nilCard,
		"wrapped typed nil":    fmt.Errorf("check: %w", nilCard),
		"nil timeout":          nilTimeout,
		"nil lost worker":      nilLost,
		"nil panic":            nilPanic,
		"nil in a timeout":     &TimeoutError{Kind: StartToClose, Last: nilCard},
		"loses a field":        &refused{402, &reply},
		"panics":               &panicking{},
		"wraps what panics":    fmt.Errorf("outer: %w", &panicking{}),
		"joined with panics":   errors.Join(&panicking{}, errDeclined),
		"wraps itself":         ring,
		"exponential":          tree,
		"incomparable":         incomparable{[]int{1}},
		"wraps incomparable":   &cardError{1, incomparable{[]int{1}}},
		"long":                 errors.New(strings.Repeat("é", 2<<20)),
		"long in layers":       layers,
		"many":                 errors.Join(many...),
		"long field":           &huge{7, strings.Repeat("x", 1<<20)},
		"field that is cyclic": self,
		"refuses to decode":    &unmarshals{"x"},
		"not UTF-8":            errors.New("caf\xe9"),
		"long panic":           &PanicError{strings.Repeat("\xff", 1<<20), strings.Repeat("\xff", 1<<20)},
	}
}

func hostileErrors() *Errors {
	return NewErrors(Sentinel("t.errDeclined", errDeclined), Sentinel("t.incomparable", incomparable{[]int{}}),
		ErrorType[*cardError]("t.cardError"), ErrorType[*refused]("t.refused"), ErrorType[*panicking]("t.panicking"),
		ErrorType[*huge]("t.huge"), ErrorType[*unmarshals]("t.unmarshals"), ErrorType[*cyclic]("t.cyclic"))
}

func TestHostileErrorsBecomeBoundedValidFailures(t *testing.T) {
	r := hostileErrors()
	for name, err := range hostile() {
		t.Run(name, func(t *testing.T) {
			f := r.Encode(err)
			for round := range 2 { // an error that was decoded may be returned once more
				size, count := measure(t, f)
				if size > 64<<10 || count > maxErrors {
					t.Errorf("round %d: failure of %d bytes with %d errors", round, size, count)
				}
				decoded := r.Decode(f)
				if decoded.Error() == "" || decoded.Error() != f.Message && f.Kind != history.FailurePanic && f.Kind != history.FailureTimeout && f.Kind != history.FailureWorkerLost {
					t.Errorf("round %d: message %.100q, want %.100q", round, decoded, f.Message)
				}
				IsFinal(decoded)
				Is(decoded, io.EOF)
				f = r.Encode(decoded)
			}
		})
	}
}

// measure returns the size of a failure and the number of its errors, and checks that all of its texts are UTF-8.
func measure(t *testing.T, f *history.Failure) (size, count int) {
	t.Helper()
	for _, text := range append([]string{f.Message, f.Type, f.Stack, string(f.Fields)}, f.Slots...) {
		size += len(text)
		if !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %.100q", text)
		}
	}
	for i := range f.Causes {
		s, c := measure(t, &f.Causes[i])
		size, count = size+s, count+c
	}
	return size, count + 1
}

// What survives of a hostile error is what code looks at.
func TestHostileErrorsKeepTheirIdentity(t *testing.T) {
	r := hostileErrors()
	errs := hostile()
	decode := func(name string) error { return r.Decode(r.Encode(errs[name])) }
	var lost *refused
	if err := decode("loses a field"); !errors.As(err, &lost) || lost.Code != 402 || !strings.HasPrefix(err.Error(), "refused: 402") {
		t.Errorf("an error that loses a field: %v", err)
	}
	var long *huge
	if err := decode("long field"); !errors.As(err, &long) || long.Code != 7 || len(long.Body) > maxText || !strings.HasSuffix(long.Body, "x… (1048576 bytes)") {
		t.Errorf("an error with a long field: %v", err)
	}
	for _, name := range []string{"joined with panics", "many"} {
		if err := decode(name); !Is(err, errDeclined) {
			t.Errorf("%s: is not errDeclined: %.100v", name, err)
		}
	}
	for name, want := range map[string]string{
		"typed nil": "a nil pointer of type *failures.cardError was returned as an error",
		"panics":    "an error of type *failures.panicking, whose Error method panics: no text",
		"not UTF-8": "caf\uFFFD",
	} {
		if err := decode(name); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, want %q", name, err, want)
		}
	}
	if text := decode("long").Error(); len(text) > maxText || !strings.HasSuffix(text, fmt.Sprintf("… (%d bytes)", 4<<20)) {
		t.Errorf("a long message: %d bytes, ends in %q", len(text), text[len(text)-30:])
	}
}

func TestIsAndIsFinalWithoutTrust(t *testing.T) {
	for _, test := range []struct {
		err          error
		is, declined bool
	}{
		{nil, false, false},
		{context.Canceled, true, false},
		{fmt.Errorf("x: %w", context.Canceled), true, false},
		{errors.Join(&panicking{}, context.Canceled, errDeclined), true, true},
		{errors.Join(incomparable{[]int{1}}, errDeclined), false, true},
		{&loop{errDeclined}, false, true},
	} {
		if Is(test.err, context.Canceled) != test.is || Is(test.err, errDeclined) != test.declined {
			t.Errorf("%T: cancelled %v, declined %v", test.err, !test.is, !test.declined)
		}
	}
	if !IsFinal(fmt.Errorf("x: %w", Final(&panicking{}))) || IsFinal(&panicking{}) || IsFinal(nil) {
		t.Error("IsFinal is wrong about an error that panics")
	}
}

func TestWorkerLostError(t *testing.T) {
	r := testErrors()
	want := &WorkerLostError{"example.com/shop.Charge", 3, errDeclined}
	err := r.Decode(r.Encode(fmt.Errorf("x: %w", want)))
	var got *WorkerLostError
	if !errors.As(err, &got) || got.Activity != want.Activity || got.Attempt != 3 || !errors.Is(err, errDeclined) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %#v", err)
	}
	if text := got.Error(); text != "worker of activity shop.Charge was lost during attempt 3, the last one allowed; last error: declined" {
		t.Errorf("text %q", text)
	}
	// Histories that were recorded before have it as a timeout without a limit.
	old := r.Decode(&history.Failure{Kind: history.FailureTimeout, Type: "heartbeat", Fields: json.RawMessage(`{"Activity":"shop.Charge","Limit":0}`)})
	if !errors.Is(old, context.DeadlineExceeded) || !strings.Contains(old.Error(), "its worker was lost") {
		t.Errorf("recorded before: %v", old)
	}
}

// answer is an error with much of what a server has said.
type answer struct {
	Code int
	Body string
	Raw  []byte
	Lang word
}

func (a *answer) Error() string { return fmt.Sprint("code ", a.Code) }

// word is a string with a form of its own, which must not be cut.
type word string

func (w word) MarshalText() ([]byte, error) { return []byte("word:" + string(w)), nil }
func (w *word) UnmarshalText(text []byte) error {
	*w = word(strings.TrimPrefix(string(text), "word:"))
	return nil
}

func TestLongFields(t *testing.T) {
	known := NewErrors(ErrorType[*answer]("t.answer"))
	for name, body := range map[string]string{
		"short":       "no",
		"long":        strings.Repeat("body ", 10_000),
		"much quoted": strings.Repeat("\x01", 8<<10),
		"not UTF-8":   strings.Repeat("a\xff", 20<<10),
	} {
		t.Run(name, func(t *testing.T) {
			sent := &answer{402, body, make([]byte, 10<<10), word(strings.Repeat("w", 9<<10))}
			failure := known.Encode(fmt.Errorf("order 7: %w", sent))
			var got *answer
			if err := known.Decode(failure); !errors.As(err, &got) || got.Code != 402 {
				t.Fatalf("got %v", err)
			}
			if len(got.Body) > 8<<10 || !strings.HasPrefix(got.Body, strings.ToValidUTF8(body, "\uFFFD")[:2]) || len(body) > 10 && !strings.Contains(got.Body, " bytes)") {
				t.Errorf("a body of %d bytes became %.30q … (%d bytes)", len(body), got.Body, len(got.Body))
			}
			if len(got.Raw) > 0 || got.Lang != "" {
				t.Errorf("%d bytes of Raw and %d of Lang are left", len(got.Raw), len(got.Lang))
			}
		})
	}
}
