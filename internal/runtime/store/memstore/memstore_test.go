package memstore_test

import (
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/store/storetest"
)

func dataset(*testing.T) func() store.Store {
	server := memstore.New()
	return func() store.Store { return server.Open() }
}

func TestContract(t *testing.T) {
	storetest.Run(t, dataset, storetest.Options{Virtual: true})
}
