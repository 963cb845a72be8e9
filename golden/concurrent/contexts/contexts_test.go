package contexts_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/contexts"
	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
)

func TestPrograms(t *testing.T) { plain.Test(t, contexts.Programs) }
