package pubsub_test

// Every program is tried as plain Go.

import (
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/plaintest"
	"github.com/pawlhq/pawl/golden/concurrent/pubsub"
)

func TestPrograms(t *testing.T) { plaintest.Run(t, pubsub.Programs) }
