package barriers_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/barriers"
	"github.com/pawlhq/pawl/golden/concurrent/plaintest"
)

func TestPrograms(t *testing.T) { plaintest.Run(t, barriers.Programs) }
