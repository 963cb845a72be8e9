// The meaning of the server's errors: a conflict, a reason to retry, or a final failure.

package natsstore

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

// Error codes of the server for which the client library has no names.
const (
	codeClusterNotAvailable = 10008
	codeStorageExceeded     = 10047
	codeAccountExceeded     = 10002
	codeMemoryExceeded      = 10028
	codeInsufficient        = 10023
	codeStoreFailed         = 10077
	codeSequenceNotFound    = 10043
	codeStreamNotFound      = 10059
	codeStreamOffline       = 10118
	codeExpectedNotReady    = 10163
	codeStreamOfflineReason = 10194
)

// transientError is a failure that a retry may overcome. The outcome of the attempt is unknown.
type transientError struct{ cause error }

func (e *transientError) Error() string { return e.cause.Error() }
func (e *transientError) Unwrap() error { return e.cause }

func isTransient(err error) bool {
	var t *transientError
	return errors.As(err, &t)
}

// isConflict reports whether the subject of a conditional write had another last sequence. There is a second code, 10164,
// which only says that another write to the subject is in progress. That is transient.
func isConflict(err error) bool {
	return hasCode(err, jetstream.JSErrCodeStreamWrongLastSequence)
}

func hasCode(err error, code jetstream.ErrorCode) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == code
}

// apiError translates an error that the server answered with.
func apiError(api *jetstream.APIError) error {
	switch api.ErrorCode {
	case jetstream.JSErrCodeStreamWrongLastSequenceConstant,
		codeClusterNotAvailable, codeStreamOffline, codeStreamOfflineReason, codeExpectedNotReady:
		return &transientError{api}
	case codeStreamNotFound:
		return &transientError{fmt.Errorf("%w: restore it from a backup, or connect once with the option WithRecreateStreams", api)}
	case jetstream.JSErrCodeMessageNotFound, codeSequenceNotFound:
		return store.ErrNotFound
	case jetstream.JSErrCodeStreamMessageExceedsMaximum:
		return fmt.Errorf("%w: %w", store.ErrTooLarge, api)
	case codeStorageExceeded, codeAccountExceeded, codeMemoryExceeded, codeInsufficient:
		return noRoom(api)
	case codeStoreFailed:
		return storeFailed(api)
	}
	return fmt.Errorf("NATS returned an error: %w", api)
}

// noRoom is ErrUnavailable but not transient: the caller decides how long to wait for room.
func noRoom(api *jetstream.APIError) error {
	return fmt.Errorf("%w: the server has no room left: %w: free disk space or raise the JetStream limits", store.ErrUnavailable, api)
}

// storeFailed translates the general code for a message that could not be stored. Only the description has the reason.
func storeFailed(api *jetstream.APIError) error {
	switch {
	case strings.Contains(api.Description, "too large"):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, api)
	case strings.Contains(api.Description, "exceeded"), strings.Contains(api.Description, "no space left"):
		return noRoom(api)
	}
	return fmt.Errorf("%w: the server could not store the message: %w", store.ErrUnavailable, api)
}

// requestError translates the failure of a request that the server did not answer.
func requestError(subject string, err error) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("%w: %w", store.ErrTooLarge, err)
	case errors.Is(err, nats.ErrConnectionClosed):
		return store.ErrClosed
	case errors.Is(err, nats.ErrNoResponders):
		return &transientError{fmt.Errorf("%w for %s: JetStream is not running, or the stream was deleted: restart the server, or restore the stream", nats.ErrNoResponders, subject)}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &transientError{fmt.Errorf("no answer from %s within %v: if the disk of the server is full, free space and restart the server", subject, attemptTimeout)}
	}
	return &transientError{err}
}

// managementError translates an error of the client library's management calls.
func managementError(ctx context.Context, err error) error {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
	case errors.Is(err, nats.ErrConnectionClosed):
		return store.ErrClosed
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("%w: start the server with -js, or enable JetStream for the account", err)
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
