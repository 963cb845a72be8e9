// This file is continue-as-new.

package abi

import (
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

// Continue has the run continue as new, with a history of its own, when its workflow returns. The workflow returns the error, which
// nobody sees unless the input cannot be encoded.
func Continue(run *Run, in []any) error {
	input, err := payloads.Encode(run.workflow.Codec, in)
	if err != nil {
		return fmt.Errorf("next input of workflow %s: %w", run.workflow.Name, err)
	}
	run.next = &input
	return errContinued
}

var errContinued = errors.New("the run continues as new")
