package importpath

import "testing"

func TestIsEngine(t *testing.T) {
	for path, want := range map[string]bool{
		Pawl:                             true,
		ABI:                              true,
		Pawl + "/internal/runtime/store": true,
		Pawl + "/examples/order":         false,
		Pawl + "/runtimes":               false,
		"github.com/pawlhq/pawls":        false,
		"context":                        false,
	} {
		if got := IsEngine(path); got != want {
			t.Errorf("IsEngine(%q) = %t, want %t", path, got, want)
		}
	}
}

func TestIsStd(t *testing.T) {
	for path, want := range map[string]bool{
		"fmt":                 true,
		"encoding/json":       true,
		"go.uber.org/goleak":  false,
		"example.com":         false,
		"example.com/fmt":     false,
		"internal/v1.2/thing": true,
	} {
		if got := IsStd(path); got != want {
			t.Errorf("IsStd(%q) = %t, want %t", path, got, want)
		}
	}
}
