package timers_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/plaintest"
	"github.com/pawlhq/pawl/golden/concurrent/timers"
)

func TestPrograms(t *testing.T) { plaintest.Run(t, timers.Programs) }
