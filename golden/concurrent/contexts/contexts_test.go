package contexts_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/contexts"
	"github.com/pawlhq/pawl/golden/concurrent/plaintest"
)

func TestPrograms(t *testing.T) { plaintest.Run(t, contexts.Programs) }
