package barriers_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/barriers"
	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
)

func TestPrograms(t *testing.T) { plain.Test(t, barriers.Programs) }
