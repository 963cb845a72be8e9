package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/pawltest"
)

var carriers = []string{"Post", "Hermes", "Pigeon & Sons Ltd."}

// want is the best offer that arrives within 30 seconds.
var want = Offer{"Hermes", 316}

func TestCheapestIsPlainGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		best, err := Cheapest(t.Context(), carriers, 1500)
		if err != nil || best != want || time.Since(begun) != 30*time.Second {
			t.Errorf("got %v, %v after %v", best, err, time.Since(begun))
		}
		synctest.Wait()
	})
}

func TestCheapestSurvivesCrashes(t *testing.T) {
	pawltest.CrashEverywhere(t, func(e *pawltest.Env) {
		e.Work(PawlRegistration())
		run, err := StartCheapest(e.Context(), e.Client, "parcel-7", carriers[:2], 1500)
		if err != nil {
			e.Fatal(err)
		}
		if best, err := run.Result(e.Context()); err != nil || best != want {
			e.Errorf("got %v, %v", best, err)
		}
	})
}
