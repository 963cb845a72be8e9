// This file tells errors that are a run's own fault from others.

package workflow

import (
	"errors"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// parks reports whether err is the run's own fault, rather than a lost append race, or a store that is closed or unavailable.
func parks(err error) bool {
	var conflict *store.ConflictError
	return !errors.As(err, &conflict) && !store.IsDown(err) && !errors.Is(err, errUnread)
}

// errUnread says that messages had arrived, which the turn did not apply, when its run was about to close.
var errUnread = errors.New("messages have arrived before the run closes")
