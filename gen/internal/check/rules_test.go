package check

import (
	"os"
	"strings"
	"testing"
)

// TestRules proves that the catalogue is complete and that each rule has a case that breaks it.
func TestRules(t *testing.T) {
	cases := allCases(t)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Title == "" || strings.TrimSpace(r.Doc) == "" {
			t.Errorf("%s stands twice or says nothing", r.ID)
		}
		seen[r.ID] = true
		if !strings.Contains(cases, "["+r.ID+"]") {
			t.Errorf("no case breaks %s (%s)", r.ID, r.Title)
		}
	}
}

func allCases(t *testing.T) string {
	var all strings.Builder
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".txtar") {
			data, err := os.ReadFile("testdata/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			all.Write(data)
		}
	}
	return all.String()
}
