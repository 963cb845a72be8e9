package pawltest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/handwritten"
)

func TestRun(t *testing.T) {
	for _, c := range handwritten.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.Run(t, c.Test) })
	}
}

func TestCrashEverywhere(t *testing.T) {
	for _, c := range handwritten.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.CrashEverywhere(t, c.Test, pawltest.ExactHistory()) })
	}
}

func TestCrashEverywhereInMemory(t *testing.T) {
	for _, c := range handwritten.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.CrashEverywhere(t, c.Test, pawltest.InMemory(), pawltest.ExactHistory()) })
	}
}

func TestCrashAtRandom(t *testing.T) {
	for _, c := range handwritten.Cases() {
		t.Run(c.Name, func(t *testing.T) { pawltest.CrashAtRandom(t, c.Test, pawltest.ExactHistory()) })
	}
}

// The histories in testdata were recorded by an early version of the engine. Every later version must replay them.
func TestRecordedHistoriesReplay(t *testing.T) {
	for _, c := range handwritten.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			file := filepath.Join("testdata", c.Name+".history")
			if _, err := os.Stat(file); err != nil {
				pawltest.Run(t, func(e *pawltest.Env) {
					c.Test(e)
					e.Record(file, c.ID)
				})
				return
			}
			pawltest.Replay(t, file, c.Module())
		})
	}
}

func TestReplayFailsOnOtherCode(t *testing.T) {
	for name, want := range map[string]string{
		"order":  "replay diverges at event 6", // the code does not sleep twice
		"refuse": "no such file",
	} {
		failure := &failure{TB: t}
		pawltest.Replay(failure, filepath.Join("testdata", name+".history"), handwritten.OrderWithoutSleep())
		if !strings.Contains(failure.text, want) {
			t.Errorf("%s: got %q, want %q", name, failure.text, want)
		}
	}
}

// failure records the failures of a test.
type failure struct {
	testing.TB
	text string
}

func (f *failure) Errorf(format string, args ...any) { f.text += fmt.Sprintf(format, args...) }

func TestStoppedAndKilledWorkersLeaveTheirRunsToTheNext(t *testing.T) {
	end := map[string]func(*pawltest.Worker){"stop": (*pawltest.Worker).Stop, "kill": (*pawltest.Worker).Kill}
	for name, end := range end {
		t.Run(name, func(t *testing.T) {
			pawltest.Run(t, func(e *pawltest.Env) {
				run, worker := handwritten.StartSleep(e, 24*time.Hour)
				time.Sleep(time.Hour)
				end(worker)
				time.Sleep(time.Hour)
				worker.Start()
				begun := time.Now()
				if err := run.Wait(e.Context()); err != nil || time.Since(begun) != 22*time.Hour {
					e.Errorf("got %v after %v", err, time.Since(begun))
				}
			}, pawltest.OnDisk())
		})
	}
}
