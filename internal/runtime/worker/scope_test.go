package worker_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestWorkerNeedsSomethingToRun(t *testing.T) {
	shop := abi.NewPackage(abi.Package{Path: "example.com/shop"})
	shop.Activity(abi.Activity{Name: "example.com/shop.Bank.Charge"})
	for want, registrations := range map[string][]abi.Registration{
		"pass the PawlRegistration of each package to Work":                                                                       nil,
		"nothing of package example.com/shop can run: pass receivers that are not nil to its PawlRegistration (shop.Bank.Charge)": {shop.Registration(nil)},
	} {
		if _, err := worker.New(worker.Options{Store: memstore.New().Open(), Registrations: registrations}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestWorkerLogsWhatItRuns(t *testing.T) {
	shop := abi.NewPackage(abi.Package{Path: "example.com/shop"})
	shop.Activity(abi.Activity{Name: "example.com/shop.Bank.Charge"})
	ship := shop.Activity(abi.Activity{Name: "example.com/shop.Ship", Queue: "carriers"})
	buy := shop.Workflow(abi.Workflow{Name: "example.com/shop.Buy"})
	reg := shop.Registration([]abi.Handler{{Activity: ship}}, buy)
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w, err := worker.New(worker.Options{ID: "w1", Store: memstore.New().Open(), Registrations: []abi.Registration{reg}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for _, want := range []string{
			`queue=carriers workflows="" activities=shop.Ship`,
			`queue=example.com/shop workflows=shop.Buy activities=""`,
			`package=example.com/shop not=shop.Bank.Charge`,
		} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %s:\n%s", want, log.String())
			}
		}
	})
}
