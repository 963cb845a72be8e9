package main

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/pawltest"
)

// A workflow is a function. Without an engine it is simply called, and in a synctest bubble its sleep takes no time.
func TestCheckoutIsPlainGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		parcel, err := Checkout(t.Context(), "a book")
		if err != nil || parcel != "parcel with a book" || time.Since(begun) != 10*time.Second {
			t.Errorf("got %q, %v after %v", parcel, err, time.Since(begun))
		}
	})
}

// With an engine it survives the death of its worker at every point.
func TestCheckoutSurvivesCrashes(t *testing.T) {
	pawltest.CrashEverywhere(t, func(e *pawltest.Env) {
		e.Work(PawlRegistration())
		run, err := StartCheckout(e.Context(), e.Client, "order-81", "a book")
		if err != nil {
			e.Fatal(err)
		}
		if parcel, err := run.Result(e.Context()); err != nil || parcel != "parcel with a book" {
			e.Errorf("got %q, %v", parcel, err)
		}
	})
}

func TestReadmeShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(program), "package main")
	if !strings.Contains(string(readme), "package main"+code+"```") {
		t.Error("the program in README.md is not main.go: copy it")
	}
}
