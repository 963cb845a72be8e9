// Package random_test compares the durable form of random concurrent programs with what plain Go does.
//
// A program is drawn from a seed; see program_test.go for how it is made so that its outcome is known to be independent of
// the order in which its goroutines run. Each is run twice in its durable form, and once more evicted and replayed after
// every event, which must all be equal, and the outcome must be one that plain Go can have.
package random_test

import (
	_ "embed"
	"flag"
	"fmt"
	"go/format"
	"strconv"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/golden/random/oracle"
)

var (
	oneSeed    = flag.Uint64("seed", 0, "the only program to try; print it")
	firstSeed  = flag.Uint64("first", 1000, "seed of the first program to try")
	seeds      = flag.Int("seeds", 60, "how many programs to try")
	batchSize  = flag.Int("batch", 100, "how many programs are built together")
	mostShrunk = flag.Int("shrink", 2, "how many of the programs that fail are made smaller, which takes a minute each")
	keepPieces = flag.String("pieces", "", "with -seed: what to keep of the program, such as 0,3,7; empty for all")
)

//go:embed testdata/seeds.txt
var keptSeeds string

// TestRandom tries random programs, and programs that have failed before.
func TestRandom(t *testing.T) {
	if *oneSeed > 0 {
		tryOne(t, chosen(t))
		return
	}
	programs := kept(t)
	for i := range *seeds {
		programs = append(programs, draw(*firstSeed+uint64(i)))
	}
	var s statistics
	for len(programs) > 0 {
		n := min(*batchSize, len(programs))
		for i, v := range judge(t, programs[:n]) {
			s.count(v)
			if v.Problem != "" {
				report(t, programs[i], v, s.failed <= *mostShrunk)
			}
		}
		programs = programs[n:]
	}
	t.Log(s)
	if s.programs > 10 && s.undecided > s.programs/10 {
		t.Errorf("%d of %d programs have so many outcomes that they show nothing", s.undecided, s.programs)
	}
}

// kept are the programs of the seeds that are kept.
func kept(t *testing.T) (programs []*program) {
	for line := range strings.Lines(keptSeeds) {
		text, _, _ := strings.Cut(line, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("testdata/seeds.txt: %v", err)
		}
		programs = append(programs, draw(seed))
	}
	return programs
}

// statistics say what a test has tried.
type statistics struct {
	programs, failed, undecided, deadlocked, events int
}

func (s *statistics) count(v oracle.Verdict) {
	s.programs++
	s.events += v.Events
	if v.Problem != "" {
		s.failed++
	}
	if v.Undecided {
		s.undecided++
	}
	if v.Outcome == "deadlock" {
		s.deadlocked++
	}
}

func (s statistics) String() string {
	return fmt.Sprintf("%d programs with %d events: %d failed, %d undecided; %d deadlocked", s.programs, s.events, s.failed, s.undecided, s.deadlocked)
}

// report fails the test for a program: if it is to be shrunk, with the smallest one that was found to fail.
func report(t *testing.T, p *program, v oracle.Verdict, small bool) {
	pieces := ""
	if small {
		p, pieces, v = shrink(t, p, v)
		pieces = " -pieces=" + pieces
	}
	t.Errorf("program %d: %s\n%s\nrepeat with: go test ./golden/random -seed=%d%s -v", p.seed, v.Problem, pretty(t, p), p.seed, pieces)
}

// pretty is a program as people read it.
func pretty(t *testing.T, p *program) []byte {
	text, err := format.Source([]byte(p.source()))
	if err != nil {
		t.Fatalf("the generator of programs writes what is no Go: %v\n%s", err, p.source())
	}
	return text
}

// chosen is the program of the flags.
func chosen(t *testing.T) *program {
	p := draw(*oneSeed)
	if *keepPieces == "" {
		return p
	}
	keep := map[int]bool{}
	for text := range strings.SplitSeq(*keepPieces, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("-pieces: %v", err)
		}
		keep[n] = true
	}
	return p.without(func(piece int) bool { return keep[piece] })
}

// tryOne tries a single program, and prints it.
func tryOne(t *testing.T, p *program) {
	t.Logf("%s", pretty(t, p))
	v := judge(t, []*program{p})[0]
	t.Log(v.Outcome)
	if v.Problem != "" {
		t.Error(v.Problem)
	}
}
