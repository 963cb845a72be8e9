// Package distribution_test runs the programs that Go's own distribution tests Go with. Every function of them is
// lowered, and what comes out must behave as the original does: same output, same exit code.
package distribution_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"
)

// sets are the programs that are lowered, with how many of them pass.
var sets = []set{
	{"that use channels", usesChannels, 101},
	{"of the language", testsLanguage, 23},
}

// all has TestDistribution try every program. That takes about half an hour.
var all = flag.Bool("distribution.all", false, "try all programs of the Go distribution")

// everything is the set of all programs.
var everything = set{"of the distribution", func(program) bool { return true }, 980}

// TestDistribution lowers, builds and runs the programs of all sets.
func TestDistribution(t *testing.T) {
	sets := sets
	if *all {
		sets = append(sets, everything)
	}
	programs := choose(findPrograms(t), sets)
	verdicts := map[string]error{}
	for batch := range slices.Chunk(programs, 150) { // what they are built to takes much room
		maps.Copy(verdicts, compare(t, batch))
	}
	for _, p := range programs {
		reason, excepted := exceptions[p.name]
		switch err := verdicts[p.name]; {
		case err != nil && !excepted:
			t.Errorf("%s: lowered, it %v", p.name, err)
		case err == nil && excepted:
			t.Errorf("%s passes: take it off the list of exceptions (%s)", p.name, reason)
		}
	}
	for _, s := range sets {
		report(t, s, choose(programs, []set{s}), verdicts)
	}
}

// compare runs programs as they are and lowered. It returns an error for each program that differs, by name.
func compare(t *testing.T, programs []program) map[string]error {
	t.Helper()
	m := newModule(t, programs)
	findings := m.lower(t, programs)
	m.build(t, "native")
	m.build(t, "lowered")
	var mu sync.Mutex
	verdicts := map[string]error{}
	var work errgroup.Group
	work.SetLimit(2)
	for _, p := range programs {
		work.Go(func() error {
			err := m.compare(t, p, findings[p.id()])
			mu.Lock()
			defer mu.Unlock()
			verdicts[p.name] = err
			return nil
		})
	}
	work.Wait()
	os.RemoveAll(m.dir)
	return verdicts
}

// compare runs one program as it is and lowered; findings are the compiler's about the latter.
func (m module) compare(t *testing.T, p program, findings string) error {
	t.Helper()
	if findings != "" {
		return fmt.Errorf("does not compile:\n%s", shorten(findings))
	}
	want, err := run(t, m.command("native", p), patience)
	if err != nil {
		return fmt.Errorf("cannot be compared: the original %w", err)
	}
	limit := patience
	if exceptions[p.name] != "" {
		limit = exception
	}
	got, err := run(t, m.command("lowered", p), limit)
	if err == nil && got != want {
		err = fmt.Errorf("gives\n%v\nthe original\n%v", got, want)
	}
	return err
}

// report prints how many programs of a set pass, and fails the test if there are fewer than there were.
func report(t *testing.T, s set, programs []program, verdicts map[string]error) {
	t.Helper()
	passed := 0
	for _, p := range programs {
		if verdicts[p.name] == nil {
			passed++
		} else if reason, ok := exceptions[p.name]; ok {
			t.Logf("exception: %s: %s", p.name, reason)
		}
	}
	t.Logf("%d of %d programs %s behave the same lowered", passed, len(programs), s.name)
	if passed < s.pass {
		t.Errorf("%d programs %s pass; %d did before", passed, s.name, s.pass)
	}
}

// TestDistributionCompiles lowers all programs of the distribution, whatever they are about, and type-checks the output.
func TestDistributionCompiles(t *testing.T) {
	programs := findPrograms(t)
	m := newModule(t, programs)
	findings := m.findings(m.everything(t))
	for _, p := range programs {
		finding, reason := findings[p.id()], uncompiled[p.name]
		switch {
		case finding != "" && reason == "":
			t.Errorf("%s: lowered, it does not compile:\n%s", p.name, shorten(finding))
		case finding == "" && reason != "":
			t.Errorf("%s compiles: take it off the list of exceptions (%s)", p.name, reason)
		case reason != "":
			t.Logf("exception: %s: %s", p.name, reason)
		}
	}
	t.Logf("%d of %d programs compile when they are lowered", len(programs)-len(findings), len(programs))
}
