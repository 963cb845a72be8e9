// This file refuses starts that could not work.

package client

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// maxID is the length in bytes of the longest workflow id and request id.
const maxID = 255

// minRetention is the shortest retention: the server counts in seconds.
const minRetention = time.Second

// checkStart returns what is wrong with a complete start request.
func checkStart(req *history.StartRequest) error {
	err := errors.Join(
		checkText("workflow id", req.ID, maxID), checkText("request id", req.RequestID, maxID), checkText("task queue", req.Queue, maxID),
		checkPolicies(req),
	)
	switch {
	case req.Timeout < 0:
		err = errors.Join(err, fmt.Errorf("timeout %v is negative: use 0 for the timeout of the directive", req.Timeout))
	case req.Retention < minRetention:
		err = errors.Join(err, fmt.Errorf("retention %v is too short: use at least %v", req.Retention, minRetention))
	}
	if err != nil {
		return fmt.Errorf("start workflow %.300q: %w", req.ID, err)
	}
	return nil
}

func checkText(what, text string, limit int) error {
	switch {
	case text == "":
		return fmt.Errorf("the %s is empty", what)
	case len(text) > limit:
		return fmt.Errorf("the %s has %d bytes: use at most %d", what, len(text), limit)
	case !utf8.ValidString(text):
		return fmt.Errorf("the %s %q is not UTF-8: encode it, for example in base64", what, text)
	}
	return nil
}

func checkPolicies(req *history.StartRequest) error {
	switch {
	case req.Conflict < history.ConflictFail || req.Conflict > history.ConflictTerminate:
		return fmt.Errorf("%d is no conflict policy", req.Conflict)
	case req.Reuse < history.ReuseAllow || req.Reuse > history.ReuseReject:
		return fmt.Errorf("%d is no reuse policy", req.Reuse)
	case req.Conflict == history.ConflictTerminate && req.Reuse != history.ReuseAllow:
		return errors.New("ConflictTerminate requires the reuse policy ReuseAllow")
	}
	return nil
}
