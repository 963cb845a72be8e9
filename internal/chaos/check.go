// The check: what must hold of the results and of the attempts that were made.

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/chaos/load"
)

// attemptsSuffix is the suffix of the files in which workers write their attempts.
const attemptsSuffix = ".attempts"

// readAttempts reads the attempts that all workers in dir have made.
func readAttempts(dir string) (all []load.Attempt, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"+attemptsSuffix))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			var a load.Attempt
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err) // a line is one write, so a kill does not tear it
			}
			all = append(all, a)
		}
	}
	return all, nil
}

// Report is the outcome of a test.
type Report struct {
	Starts    int
	Problems  []string      // promises that were broken
	Repeated  int           // effects that happened more than once, which is allowed for activities and steps without a limit
	Slowest   time.Duration // how much longer than its work a run took
	SlowestID string
}

// lateBy is how much later than the end of its run an attempt may begin: the client learns of the end at the same time as the workers.
const lateBy = 2 * time.Second

// check checks the promises: every acknowledged start ends with the right result, no run stays open, no activity starts more often
// than its attempts allow or after its run has ended. Unless processes are killed or cut off, each activity that may start once does so:
// that may happen between the record of an attempt and its beginning.
func check(results []result, open []string, attempts []load.Attempt, severed bool) *Report {
	r := &Report{Starts: len(results)}
	for _, res := range results {
		switch want := res.kind.Want(res.input); {
		case res.start.err != nil:
			r.add("lost: the start of %s was never acknowledged: %v", res.id, res.start.err)
		case errors.Is(res.err, context.Canceled):
			r.add("stuck: %s (%s) has no result: %v", res.id, res.kind.Name, res.err)
		case res.err != nil:
			r.add("wrong: %s (%s) failed: %v", res.id, res.kind.Name, res.err)
		case res.value != want:
			r.add("wrong: %s (%s) returned %d, want %d", res.id, res.kind.Name, res.value, want)
		}
	}
	for _, run := range open {
		r.add("open: %s is listed after every run has ended", run)
	}
	r.checkAttempts(attempts)
	r.checkEnds(results, attempts, severed)
	return r
}

func (r *Report) checkAttempts(attempts []load.Attempt) {
	begun, effects := map[string]int{}, map[string]int{}
	limits := map[string]load.Attempt{}
	for _, a := range attempts {
		if a.Effect {
			effects[a.Key]++
			continue
		}
		begun[a.Key]++
		if a.Limit > 0 {
			limits[a.Key] = a
		}
	}
	for _, key := range slices.Sorted(maps.Keys(limits)) {
		if a := limits[key]; begun[key] > a.Limit {
			r.add("repeated: %s started %d times, and may start %d times (%s)", a.Name, begun[key], a.Limit, key)
		}
	}
	for _, n := range effects {
		if n > 1 {
			r.Repeated++
		}
	}
}

// checkEnds compares the attempts of each run with its end.
func (r *Report) checkEnds(results []result, attempts []load.Attempt, severed bool) {
	begun := map[string]map[string]bool{} // by run id: keys of activities that may start once
	ended := map[string]result{}
	for _, res := range results {
		if res.err == nil && res.start.err == nil {
			ended[res.run.RunID()] = res
			if d := res.ended.Sub(res.time) - res.kind.Work(res.input); d > r.Slowest {
				r.Slowest, r.SlowestID = d, res.id
			}
		}
	}
	for _, a := range attempts {
		runID, _, _ := strings.Cut(a.Key, "/")
		if a.Effect {
			continue
		}
		if res, ok := ended[runID]; ok && a.Time.After(res.ended.Add(lateBy)) {
			r.add("late: %s started %.1f s after the end of its run %s", a.Name, a.Time.Sub(res.ended).Seconds(), res.id)
		}
		if a.Limit == 1 {
			if begun[runID] == nil {
				begun[runID] = map[string]bool{}
			}
			begun[runID][a.Key] = true
		}
	}
	for _, res := range results {
		if severed || res.err != nil || res.start.err != nil || !res.kind.Once {
			continue
		}
		if n := len(begun[res.run.RunID()]); n < res.input.N {
			r.add("unstarted: %d of %d activities of %s failed without having started", res.input.N-n, res.input.N, res.id)
		}
	}
}

func (r *Report) add(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// String lists the problems and ends with a line of counts.
func (r *Report) String() string {
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintln(&b, p)
	}
	fmt.Fprintf(&b, "%d starts, %d problems, %d effects repeated, %s was the slowest run: it took %.1f s longer than its work\n",
		r.Starts, len(r.Problems), r.Repeated, r.SlowestID, r.Slowest.Seconds())
	return b.String()
}
