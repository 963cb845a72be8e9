package pipelines

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
)

func TestPlain(t *testing.T) { plain.Test(t, Programs) }
