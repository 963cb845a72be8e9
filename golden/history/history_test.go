// Package history holds what runs of the accepted programs left behind when they were recorded. Today's compiler and
// engine must still read every one of these histories and do what it says.
//
// A new program needs a history: go test ./golden/history -pawltest.record writes those that are missing, and the views
// beside them. To record one again, remove it first.
package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/golden/internal/cases"
	"github.com/pawlhq/pawl/pawltest"
)

const suffix = ".history"

func TestRecordedHistoriesReplay(t *testing.T) {
	known := map[string]bool{}
	for _, c := range cases.All() {
		known[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			file := c.Name + suffix
			if _, err := os.Stat(file); err != nil {
				pawltest.Run(t, func(e *pawltest.Env) {
					c.Run(e)
					e.Record(file, cases.ID)
				})
				return
			}
			pawltest.Replay(t, file, c.Registrations()...)
		})
	}
	files, err := filepath.Glob("*" + suffix)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !known[strings.TrimSuffix(file, suffix)] {
			t.Errorf("%s: no accepted program of this name is left to replay it", file)
		}
	}
}
