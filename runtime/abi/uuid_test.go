package abi_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// uuid is the type of a package for UUIDs.
type uuid [16]byte

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// inRun calls fn as the workflow of a run that starts at the time begin.
func inRun(t *testing.T, runID string, fn func(*abi.Run)) {
	t.Helper()
	w := &abi.Workflow{Name: "t.flow", Run: func(_ context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		fn(run)
		return nil, nil
	}}
	x := abi.NewExecution(w, failures.NewErrors(), "id", runID)
	if _, err := x.Step(history.Event{Time: begin, Body: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: w.Name}}); err != nil {
		t.Fatal(err)
	}
}

// draw makes an id in each way that there is.
func draw(t *testing.T, runID string) (ids []uuid) {
	inRun(t, runID, func(run *abi.Run) {
		ids = append(ids, abi.UUID4[uuid](run))
		for _, make := range []func(*abi.Run) (uuid, error){abi.UUID4Err[uuid], abi.UUID7Err[uuid]} {
			id, err := make(run)
			if err != nil {
				t.Error(err)
			}
			ids = append(ids, id)
		}
		ids = append(ids, parse(t, abi.UUIDString(run)))
	})
	return ids
}

func parse(t *testing.T, text string) (id uuid) {
	if !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(text) {
		t.Errorf("%q is not the text of a UUID", text)
	}
	bytes, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || copy(id[:], bytes) != len(id) {
		t.Errorf("%q has %d bytes: %v", text, len(bytes), err)
	}
	return id
}

func TestUUIDsHaveTheFormOfTheirVersion(t *testing.T) {
	ids := draw(t, "run")
	for i, version := range []byte{4, 4, 7, 4} {
		if got := ids[i][6] >> 4; got != version {
			t.Errorf("id %x has version %d, want %d", ids[i], got, version)
		}
		if ids[i][8]>>6 != 0b10 {
			t.Errorf("id %x is not of the variant of RFC 9562", ids[i])
		}
	}
	if at := int64(binary.BigEndian.Uint64(ids[2][:8]) >> 16); at != begin.UnixMilli() {
		t.Errorf("id %x was made at %s, want %s", ids[2], time.UnixMilli(at).UTC(), begin)
	}
}

func TestUUIDsAreThoseOfTheRun(t *testing.T) {
	ids := draw(t, "run")
	if again := draw(t, "run"); !slices.Equal(again, ids) {
		t.Errorf("a replay draws %x, and not %x", again, ids)
	}
	all := append(ids, draw(t, "another run")...)
	for i, id := range all {
		if slices.Contains(all[:i], id) {
			t.Errorf("id %x was drawn twice", id)
		}
	}
}
