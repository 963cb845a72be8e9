package parents_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
	"github.com/pawlhq/pawl/golden/concurrent/parents"
)

func TestPrograms(t *testing.T) { plain.Test(t, parents.Programs) }
