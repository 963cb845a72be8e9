// This file calls the author's function and encodes what it returns. All code of the author runs here: the function, and the
// methods of its results and of its error. It may panic, end its goroutine, or never return.

package activity

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/panics"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/runtime/abi"
)

// function is a function of the author.
type function struct {
	*abi.Handler
	errors *failures.Errors
}

// result is how a call ended, in a form that is safe to use.
type result struct {
	out       history.Payload
	failure   *history.Failure // nil if the call succeeded
	final     bool             // the error allows no further attempt
	late      bool             // the error says that a deadline has passed
	stopped   bool             // the error says that a context was cancelled
	cancelled bool             // the attempt was cancelled
}

// errGoexit is the error of a function that ended its goroutine.
var errGoexit = errors.New("the function ended its goroutine by runtime.Goexit and returned nothing: return an error instead")

// call calls the function and passes the result to done, however the function ends.
func (f function) call(ctx context.Context, in history.Payload, done func(result)) {
	var r result
	returned := false
	defer func() {
		if v := recover(); v != nil {
			r = f.failed(&failures.PanicError{Value: panics.Text(v), Stack: string(debug.Stack())})
		} else if !returned {
			r = f.failed(errGoexit)
		}
		done(r)
	}()
	r = f.run(ctx, in)
	returned = true
}

func (f function) run(ctx context.Context, in history.Payload) result {
	out, err := f.Run(ctx, abi.Values{Payload: in})
	if err == nil {
		payload, err := payloads.Encode(f.Activity.Codec, out)
		if err == nil {
			return result{out: payload}
		}
		return f.failed(failures.Final(fmt.Errorf("result of activity %s: %w", f.Activity.Name, err)))
	}
	r := f.failed(err)
	r.out = payloads.EncodeBeside(f.Activity.Codec, out)
	return r
}

// failed returns the result of a call that ended with an error.
func (f function) failed(err error) result {
	failure := f.errors.Encode(err)
	return result{
		failure: failure, final: failure.Final || f.final(err),
		late: failures.Is(err, context.DeadlineExceeded), stopped: failures.Is(err, context.Canceled),
	}
}

// final reports whether the directive says that the error is final. It uses methods of the error. If one panics, the error is
// not final.
func (f function) final(err error) (is bool) {
	defer func() { recover() }()
	return f.Activity.Final != nil && f.Activity.Final(err)
}
