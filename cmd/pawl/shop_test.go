package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/embed"
)

// startShop starts a NATS server and a worker with the workflow Checkout. It returns the URL of the server and a function
// that stops both.
func startShop() (url string, stop func(), err error) {
	server, err := embed.Start(embed.Options{Memory: true, Port: embed.RandomPort})
	if err != nil {
		return "", nil, err
	}
	opt := server.StoreOptions("")
	opt.Logger = slog.New(slog.DiscardHandler)
	st, err := natsstore.Connect(context.Background(), opt)
	if err != nil {
		server.Shutdown()
		return "", nil, err
	}
	w, err := worker.New(worker.Options{Store: st, Registrations: []abi.Registration{shop}, ID: "worker-1", Logger: opt.Logger, Drain: time.Second})
	if err != nil {
		panic(err) // the module is a constant
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return server.URL(), func() { cancel(); <-ended; st.Close(); server.Shutdown() }, nil
}

// useShop starts a server and a worker for a test, and sets NATS_URL for the commands.
func useShop(t *testing.T) {
	t.Helper()
	url, stop, err := startShop()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	t.Setenv("NATS_URL", url)
}

type order struct{ Item string }

var errDeclined = errors.New("declined")

// shop is the registration of package example.com/shop, as the compiler would generate it.
var shop = abi.Registration{
	Package:    "example.com/shop",
	Workflows:  []*abi.Workflow{{Name: "example.com/shop.Checkout", Queue: "example.com/shop", Errors: shopErrors, Run: checkout}},
	Activities: []abi.Handler{{Activity: charge, Run: doCharge}},
	Errors:     shopErrors,
}

var shopErrors = abi.Errors{abi.Sentinel("example.com/shop.ErrDeclined", errDeclined)}

var charge = &abi.Activity{
	Name: "example.com/shop.Charge", Queue: "example.com/shop",
	Policy: abi.Policy{StartToClose: time.Minute, BackoffMin: time.Hour, BackoffMax: time.Hour, BackoffFactor: 1},
	Final:  func(err error) bool { return errors.Is(err, errDeclined) },
}

// checkout charges. A piano then takes an hour to ship, and an organ takes an hour to build.
func checkout(ctx context.Context, r *abi.Run, in abi.Values) ([]any, error) {
	var o order
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	if o.Item == "hole" {
		panic("nothing to sell")
	}
	var id string
	if err := abi.Call(ctx, r, charge, []any{o}, &id); err != nil {
		return []any{""}, fmt.Errorf("charge: %w", err)
	}
	if o.Item == "piano" {
		abi.Sleep(r, time.Hour)
	}
	if o.Item == "organ" {
		built := make(chan string)
		abi.Go(r, func() {
			abi.Sleep(r, time.Hour)
			abi.Close(r, built)
		})
		abi.Recv(r, built)
	}
	return []any{id}, nil
}

// doCharge fails permanently for pearls, and temporarily for a vase.
func doCharge(_ context.Context, in abi.Values) ([]any, error) {
	var o order
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	switch o.Item {
	case "pearls":
		return []any{""}, fmt.Errorf("card: %w", errDeclined)
	case "vase":
		return []any{""}, errors.New("the bank is closed")
	}
	return []any{"paid " + o.Item}, nil
}
