package failures

import (
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
