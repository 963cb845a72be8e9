package corners_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/corners"
	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
)

func TestPrograms(t *testing.T) { plain.Test(t, corners.Programs) }
