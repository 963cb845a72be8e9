package natsstore_test

import (
	"context"
	"os"
	"testing"

	"github.com/pawlhq/pawl/runtime/embed"
	"github.com/pawlhq/pawl/runtime/store"
	"github.com/pawlhq/pawl/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/store/storetest"
)

func TestMain(m *testing.M) {
	embed.RegisterClock()
	os.Exit(m.Run())
}

func TestContract(t *testing.T) {
	storetest.Run(t, dataset, storetest.Options{Virtual: true})
}

// dataset is a server of its own, on disk as in production.
func dataset(t *testing.T) func() store.Store {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	return func() store.Store { return connect(t, server.StoreOptions("test")) }
}

func serve(t testing.TB, opt embed.Options) *embed.Server {
	t.Helper()
	server, err := embed.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	return server
}

func connect(t testing.TB, opt natsstore.Options) *natsstore.Store {
	t.Helper()
	s, err := natsstore.Connect(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
