package natsstore_test

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/store/storetest"
	"github.com/pawlhq/pawl/runtime/embed"
)

func TestMain(m *testing.M) {
	embed.RegisterClock()
	os.Exit(m.Run())
}

func TestContract(t *testing.T) {
	storetest.Run(t, dataset, storetest.Options{Virtual: true})
}

func TestContractOverShards(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the contract again")
	}
	storetest.Run(t, sharded, storetest.Options{Virtual: true})
}

func sharded(t *testing.T) func() store.Store {
	opt := serve(t, embed.Options{Memory: true}).StoreOptions("test")
	opt.Shards = 3
	return func() store.Store { return connect(t, opt) }
}

// dataset runs a server with its data on disk, as in production.
func dataset(t *testing.T) func() store.Store {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	return func() store.Store { return connect(t, server.StoreOptions("test")) }
}

// quiet discards the log of expected errors.
var quiet = slog.New(slog.DiscardHandler)

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
