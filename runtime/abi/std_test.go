package abi_test

import (
	"testing"
	"time"

	"github.com/pawlhq/pawl/runtime/abi"
)

// TestTimesKnowNoHost makes the same times on hosts in different zones.
func TestTimesKnowNoHost(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	seen := map[string]bool{}
	for _, host := range []*time.Location{time.UTC, time.FixedZone("CEST", 2*60*60), time.FixedZone("EST", -5*60*60)} {
		time.Local = host
		text := ""
		for _, in := range []string{"2026-07-01T12:00:00 +0200 CEST", "2026-07-01T12:00:00 +0000 UTC", "2026-07-01T12:00:00 -0500 EST"} {
			at, err := abi.ParseTime(nil, "2006-01-02T15:04:05 -0700 MST", in)
			if err != nil {
				t.Fatal(err)
			}
			text += at.String() + at.Location().String() + "\n"
		}
		plain, err := abi.ParseTime(nil, time.RFC3339, "2026-07-01T12:00:00+02:00")
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{plain, abi.Unix(nil, 1, 2), abi.UnixMilli(nil, 3), abi.UnixMicro(nil, 4)} {
			text += at.Format(time.RFC1123) + at.Location().String() + "\n"
		}
		seen[text] = true
	}
	if len(seen) != 1 {
		t.Errorf("hosts differ: %v", seen)
	}
}
