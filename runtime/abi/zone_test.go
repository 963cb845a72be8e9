package abi

import (
	"testing"
	"time"
)

// TestRulesAreThoseOfTheZone compares a zone that was written down with the original, every few hours of a century.
func TestRulesAreThoseOfTheZone(t *testing.T) {
	for _, name := range []string{"Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Europe/Dublin", "Etc/GMT+5"} {
		want, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		data := rules(want, 2060)
		got, err := time.LoadLocationFromTZData(name, data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2060; at = at.Add(17 * time.Hour) {
			if g, w := at.In(got), at.In(want); g.Format(time.RFC1123Z+" MST") != w.Format(time.RFC1123Z+" MST") || g.IsDST() != w.IsDST() {
				t.Fatalf("%s: %s and not %s", name, g.Format(time.RFC1123Z+" MST"), w.Format(time.RFC1123Z+" MST"))
			}
		}
		t.Logf("%s: %d bytes", name, len(data))
	}
}
