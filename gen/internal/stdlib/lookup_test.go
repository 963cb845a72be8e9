package stdlib

import (
	"slices"
	"strings"
	"testing"
)

// TestLookup shows how a name is found: by itself, by its type, by its package, by its family, or as unknown.
func TestLookup(t *testing.T) {
	for _, c := range []struct {
		pkg, name string
		verdict   Verdict
		rule      string
	}{
		{"strings", "ToUpper", Allowed, ""},
		{"strings", "Builder.WriteString", Allowed, ""},
		{"time", "Time.Add", Allowed, ""},
		{"time", "Time.Local", Forbidden, TimeZone},
		{"time", "Now", Durable, ""},
		{"time", "Whatever", Forbidden, UnknownStd},
		{"maps", "Keys", Durable, MapOrder},
		{"sync", "Mutex.Lock", Durable, SyncObjects},
		{"sync", "Pool.Get", Forbidden, SyncObjects},
		{"runtime", "Gosched", Durable, ""},
		{"runtime", "NumCPU", Forbidden, Machine},
		{"os", "Getenv", Forbidden, Environment},
		{"os", "ErrNotExist", Allowed, ""},
		{"os", "ReadFile", Forbidden, InputOutput},
		{"os/exec", "Command", Forbidden, InputOutput},
		{"net/http/httptest", "NewServer", Forbidden, InputOutput},
		{"crypto/rsa", "GenerateKey", Forbidden, Entropy},
		{"go/ast", "Walk", Forbidden, UnknownStd},
		{"github.com/google/uuid", "UUID.String", Allowed, ""},
		{"github.com/google/uuid", "NewV7", Durable, ""},
		{"github.com/google/uuid", "NewUUID", Forbidden, Entropy},
		{"github.com/pawlhq/pawl", "Client.Cancel", Forbidden, InputOutput},
		{"github.com/pawlhq/pawl/runtime/abi", "Now", Forbidden, InputOutput},
		{"example.org/third", "F", Forbidden, UnknownModule},
	} {
		s := Lookup(c.pkg, c.name)
		if s.Verdict != c.verdict || s.Rule != c.rule {
			t.Errorf("%s.%s: %v %q, want %v %q", c.pkg, c.name, s.Verdict, s.Rule, c.verdict, c.rule)
		}
		if s.Verdict == Forbidden && (s.Why == "" || s.Fix == "") {
			t.Errorf("%s.%s is forbidden without a reason or a fix", c.pkg, c.name)
		}
	}
}

// TestFactsOfNamesWin shows that a fact about a name wins over one about its type and its package, each for itself.
func TestFactsOfNamesWin(t *testing.T) {
	if add, set := Lookup("time", "Time.Add"), Lookup("time", "Time.UnmarshalJSON"); !add.KeepsReceiver || set.KeepsReceiver {
		t.Errorf("Time.Add keeps its receiver: %v, Time.UnmarshalJSON does: %v", add.KeepsReceiver, set.KeepsReceiver)
	}
	if s := Lookup("sync", "Mutex.Lock"); s.ReceiverRule != SyncObjects || !s.Retains || s.Verdict != Durable {
		t.Errorf("Mutex.Lock misses facts of its package: %+v", s)
	}
	if s := Lookup("fmt", "Sprint"); !slices.Contains(s.CallsMethods, "GoString") || slices.Contains(s.CallsMethods, "MarshalJSON") {
		t.Errorf("fmt.Sprint looks for %v", s.CallsMethods)
	}
	if s := Lookup("example.org/third", "F"); !slices.Contains(s.CallsMethods, "MarshalJSON") || s.ReadsArgs {
		t.Errorf("an unknown function is trusted too much: %+v", s)
	}
}

// TestRulesAreDescribed proves that every rule that a row names has a title and a text.
func TestRulesAreDescribed(t *testing.T) {
	described := map[string]bool{}
	for _, r := range Rules {
		if described[r.ID] || r.Title == "" || strings.TrimSpace(r.Doc) == "" {
			t.Errorf("%s is described twice, or not", r.ID)
		}
		described[r.ID] = true
	}
	for path, rows := range table {
		for _, r := range rows {
			for _, name := range strings.Fields(r.names) {
				if s := Lookup(path, name); s.Rule != "" && !described[s.Rule] || s.ReceiverRule != "" && !described[s.ReceiverRule] {
					t.Errorf("a row of %s names a rule that is not described: %q %q", path, s.Rule, s.ReceiverRule)
				}
			}
		}
	}
}
