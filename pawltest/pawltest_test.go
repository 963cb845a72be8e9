package pawltest_test

import (
	"testing"

	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/byhand"
)

func TestRun(t *testing.T) {
	for _, c := range byhand.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.Run(t, c.Test) })
	}
}

func TestCrashEverywhere(t *testing.T) {
	for _, c := range byhand.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.CrashEverywhere(t, c.Test) })
	}
}

func TestCrashEverywhereInMemory(t *testing.T) {
	for _, c := range byhand.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.CrashEverywhere(t, c.Test, pawltest.InMemory()) })
	}
}

func TestCrashAtRandom(t *testing.T) {
	for _, c := range byhand.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.CrashAtRandom(t, c.Test) })
	}
}
