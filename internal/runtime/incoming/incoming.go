// Package incoming reads the messages of inboxes. Who may send messages to a workflow may send anything, so a message counts
// only if it is complete, is about the workflow that it was sent to, and came on a subject on which it may be sent.
package incoming

import (
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Message reads a message to a run that is not a start. It fails if the message is not one that may be sent on its
// subject: the permission to cancel a run must not be enough to forge the outcome of an activity.
func Message(in store.Pending) (*history.Message, error) {
	msg, err := history.UnmarshalMessage(in.Data)
	switch {
	case err != nil:
		return nil, err
	case in.Outcome && !outcome(msg):
		return nil, errors.New("no outcome, but sent as an outcome")
	case !in.Outcome && outcome(msg):
		return nil, errors.New("an outcome, but not sent as an outcome")
	}
	return msg, nil
}

// outcome reports whether a message holds the outcome of an operation.
func outcome(msg *history.Message) bool {
	return msg.Completed != nil || msg.Child != nil || msg.Request != nil
}

// maxName is the length in bytes of the longest name that a store accepts.
const maxName = 255

// Start reads the request for a run of workflow id.
func Start(id string, data []byte) (*history.StartRequest, error) {
	req, err := history.UnmarshalStartRequest(data)
	switch {
	case err != nil:
		return nil, err
	case req.ID != id:
		return nil, fmt.Errorf("a start of workflow %.100q, but sent to another one", req.ID)
	case req.Type == "" || req.RequestID == "" || req.RunID == "" || len(req.RunID) > maxName:
		return nil, errors.New("an incomplete start")
	}
	return req, nil
}
