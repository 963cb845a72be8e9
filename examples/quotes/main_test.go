package main

import (
	"os"
	"strings"
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

func TestReadmeShowsTheWorkflow(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(program), "//pawl:workflow\n")
	code, _, _ = strings.Cut(code, "\nfunc main()")
	if !strings.Contains(string(readme), code+"```") {
		t.Error("the workflow in README.md is not that of main.go: copy it")
	}
}
