package timers_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
	"github.com/pawlhq/pawl/golden/concurrent/timers"
)

func TestPrograms(t *testing.T) { plain.Test(t, timers.Programs) }
