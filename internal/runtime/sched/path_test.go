package sched

import "testing"

// paths returns the paths of n coroutines of which each starts the next one.
func paths(version uint32, n int) (all []string) {
	s := New()
	s.UseRules(version)
	var next func()
	next = func() {
		all = append(all, s.Current().Path())
		if len(all) < n {
			s.Spawn(next)
		}
	}
	s.Spawn(next)
	s.Run()
	return all
}

func TestPathsOfADeepChainAreShortAndDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range paths(2, 10_000) {
		if len(path) > maxPath || seen[path] {
			t.Fatalf("path %q has %d bytes, seen before: %v", path, len(path), seen[path])
		}
		seen[path] = true
	}
	if old, now := paths(1, 32), paths(2, 32); old[31] != now[31] {
		t.Errorf("a path of %d bytes became %q", len(old[31]), now[31])
	}
}

func TestPathsOfVersion1AreNotShortened(t *testing.T) {
	if all := paths(1, 100); len(all[99]) != 199 {
		t.Errorf("the path of a chain of 100 is %q", all[99])
	}
}
