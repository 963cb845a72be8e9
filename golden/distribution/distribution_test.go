// Package distribution_test runs the programs that Go's own distribution tests Go with. Every function of them is
// lowered, and what comes out must behave as the original does: same output, same exit code.
package distribution_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/golden/internal/corpus"
)

// sets are the programs that are lowered, with how many of them pass.
var sets = []set{
	{"that use channels", usesChannels, 102},
	{"of the language", testsLanguage, 24},
}

// chosen has TestDistribution try other programs than the sample. For all of them it needs half an hour.
var chosen = flag.String("distribution.programs", "", "try the programs of the Go distribution whose names match this expression, such as . for all")

// TestDistribution lowers, builds and runs the programs of all sets.
func TestDistribution(t *testing.T) {
	sets := sets
	if *chosen != "" {
		match := regexp.MustCompile(*chosen)
		sets = []set{{"that match " + *chosen, func(p program) bool { return match.MatchString(p.name) }, 0}}
	}
	programs := choose(findPrograms(t), sets)
	verdicts := map[string]error{}
	for batch := range slices.Chunk(programs, 150) { // what they are built to takes much room
		maps.Copy(verdicts, compare(t, batch))
	}
	for _, p := range programs {
		reason, excepted := corpus.Exceptions[p.name]
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

// TestFigures compares the figures of the language's page with the distribution at hand, if that is the same release.
func TestFigures(t *testing.T) {
	if !strings.HasPrefix(runtime.Version(), "go"+corpus.Release+".") || runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" {
		t.Skip("the figures are those of another release or system")
	}
	programs := findPrograms(t)
	if len(programs) != corpus.Programs {
		t.Errorf("there are %d programs, and golden/internal/corpus says %d", len(programs), corpus.Programs)
	}
	candidates, differing := 0, 0
	for _, p := range programs {
		if process.Match(p.source) {
			continue
		}
		candidates++
		if _, excepted := corpus.Exceptions[p.name]; excepted {
			differing++
		}
	}
	if candidates != corpus.Candidates || differing != corpus.Differing {
		t.Errorf("%d of them are candidates, of which %d differ; golden/internal/corpus says %d and %d", candidates, differing, corpus.Candidates, corpus.Differing)
	}
	if 100*differing > 2*candidates {
		t.Errorf("%d of %d candidates differ, which is more than 2 %%", differing, candidates)
	}
}

// process matches an import of a package about the process that runs a program.
var process = regexp.MustCompile(`(?m)^(import)?\s*(\w+ |\. )?"(runtime(/.*)?|unsafe|syscall|os/exec)"`)

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
	if _, excepted := corpus.Exceptions[p.name]; excepted {
		limit = impatience
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
		} else if reason, ok := corpus.Exceptions[p.name]; ok {
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
		if finding := findings[p.id()]; finding != "" {
			t.Errorf("%s: lowered, it does not compile:\n%s", p.name, shorten(finding))
		}
	}
}
