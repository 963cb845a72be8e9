package natsstore

// What the server's errors mean: a lost compare, a reason to try again, or the end of it.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Error codes of the server that the client library has no names for.
const (
	codeClusterNotAvailable = 10008
	codeStorageExceeded     = 10047
	codeAccountExceeded     = 10002
	codeMemoryExceeded      = 10028
	codeInsufficient        = 10023
	codeStoreFailed         = 10077
	codeStreamOffline       = 10118
	codeExpectedNotReady    = 10163
	codeStreamOfflineReason = 10194
)

// transientError is a failure that the next attempt may not have. The outcome of the attempt is unknown.
type transientError struct{ cause error }

func (e *transientError) Error() string { return e.cause.Error() }
func (e *transientError) Unwrap() error { return e.cause }

func isTransient(err error) bool {
	var t *transientError
	return errors.As(err, &t)
}

// isConflict reports whether a write lost its compare. There is a second code for that, 10164, but it only says that
// another write to the subject is on its way, so it is transient.
func isConflict(err error) bool {
	return hasCode(err, jetstream.JSErrCodeStreamWrongLastSequence)
}

func hasCode(err error, code jetstream.ErrorCode) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == code
}

// apiError says what an error that the server answered with means to the store.
func apiError(api *jetstream.APIError) error {
	switch api.ErrorCode {
	case jetstream.JSErrCodeStreamWrongLastSequenceConstant,
		codeClusterNotAvailable, codeStreamOffline, codeStreamOfflineReason, codeExpectedNotReady:
		return &transientError{api}
	case jetstream.JSErrCodeMessageNotFound:
		return store.ErrNotFound
	case jetstream.JSErrCodeStreamMessageExceedsMaximum:
		return fmt.Errorf("%w: %w", store.ErrTooLarge, api)
	case codeStorageExceeded, codeAccountExceeded, codeMemoryExceeded, codeInsufficient:
		return noRoom(api)
	case codeStoreFailed:
		return storeFailed(api)
	}
	return fmt.Errorf("NATS refuses: %w", api)
}

// noRoom is unavailable and not transient: room may come, but it is for the caller to say how long to wait for it.
func noRoom(api *jetstream.APIError) error {
	return fmt.Errorf("%w: the server has no room left: %w: free disk space or raise the limits of JetStream", store.ErrUnavailable, api)
}

// storeFailed reads the code for whatever kept the server from storing a message; the description says what that was.
func storeFailed(api *jetstream.APIError) error {
	switch {
	case strings.Contains(api.Description, "too large"):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, api)
	case strings.Contains(api.Description, "exceeded"), strings.Contains(api.Description, "no space left"):
		return noRoom(api)
	}
	return fmt.Errorf("%w: the server could not store the message: %w", store.ErrUnavailable, api)
}

// requestError says what the failure of a request means that the server did not answer.
func requestError(subject string, err error) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, err)
	case errors.Is(err, nats.ErrConnectionClosed):
		return store.ErrClosed
	case errors.Is(err, nats.ErrNoResponders):
		return &transientError{fmt.Errorf("%w for %s: JetStream is down or the stream was deleted", nats.ErrNoResponders, subject)}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &transientError{fmt.Errorf("no answer from %s within %v", subject, attemptTimeout)}
	}
	return &transientError{err}
}

// managed translates an error of the client library's management calls.
func managed(ctx context.Context, err error) error {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
	case errors.Is(err, nats.ErrConnectionClosed):
		return store.ErrClosed
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("%w: start the server with -js, or enable JetStream for this account", err)
	case isAny(err, context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse,
		nats.ErrDisconnected, nats.ErrConnectionReconnecting, nats.ErrReconnectBufExceeded):
		return &transientError{err}
	case errors.As(err, &api):
		return apiError(api)
	}
	return err
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}
