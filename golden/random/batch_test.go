package random_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/golden/random/oracle"
	"github.com/pawlhq/pawl/internal/testmod"
)

// This file runs batches of programs: a package of them is generated, compiled and judged.

//go:embed testdata/common.go.txt
var common []byte

// batch is a package with programs, in a module of its own.
type batch struct {
	dir      string
	programs []*program
}

// judge generates, builds and runs a package of programs. It gives a verdict on each, in order.
func judge(t *testing.T, programs []*program) []oracle.Verdict {
	t.Helper()
	b := batch{t.TempDir(), programs}
	defer os.RemoveAll(b.dir) // a test has many batches
	b.writeSource(t)
	if findings := b.generate(t); findings != "" {
		return b.blame(t, "pawl generate says\n"+findings)
	}
	if errs := b.build(t); errs != "" {
		return b.blame(t, "go test -c says\n"+errs)
	}
	return b.run(t)
}

// blame returns verdicts after a batch has failed as a whole: it tries programs by halves, down to single programs that fail.
func (b batch) blame(t *testing.T, problem string) []oracle.Verdict {
	if len(b.programs) == 1 {
		return []oracle.Verdict{{Name: b.programs[0].name(), Problem: problem}}
	}
	half := len(b.programs) / 2
	return append(judge(t, b.programs[:half]), judge(t, b.programs[half:])...)
}

func (b batch) writeSource(t *testing.T) {
	t.Helper()
	testmod.Module{Path: "example.com/batch"}.Init(t, b.dir)
	b.write(t, "common.go", common)
	b.write(t, "programs.go", b.source(t))
	b.write(t, "programs_test.go", b.test())
}

func (b batch) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// source is the file with the workflows.
func (b batch) source(t *testing.T) []byte {
	var s bytes.Buffer
	s.WriteString("package batch\n\n//go:generate go tool pawl generate\n\nimport (\n\"context\"\n\"errors\"\n\"iter\"\n\"runtime\"\n\"slices\"\n\"sync\"\n\"time\"\n\n\"golang.org/x/sync/errgroup\"\n)\n\n")
	for _, use := range []string{"errgroup.WithContext", "errors.New", "iter.Pull[int]", "runtime.Gosched", "slices.Sort[[]int]", "sync.NewCond", "time.Sleep"} {
		fmt.Fprintf(&s, "var _ = %s\n", use)
	}
	for _, p := range b.programs {
		s.WriteString("\n" + p.source())
	}
	pretty, err := format.Source(s.Bytes())
	if err != nil {
		t.Fatalf("the generator of programs writes what is no Go: %v\n%s", err, s.Bytes())
	}
	return pretty
}

// test is the file with the test that judges the workflows.
func (b batch) test() []byte {
	var s bytes.Buffer
	s.WriteString("package batch\n\nimport (\n\"testing\"\n\n\"github.com/pawlhq/pawl/golden/random/oracle\"\n)\n\nfunc TestPrograms(t *testing.T) {\n\toracle.Judge(t, []oracle.Program{\n")
	for _, p := range b.programs {
		fmt.Fprintf(&s, "{Name: %q, Run: %[1]s, Racy: %t, CancelAt: %d},\n", p.name(), p.racy, p.cancelAt)
	}
	s.WriteString("}, PawlRegistration())\n}\n")
	return s.Bytes()
}

func env() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
}

// generate generates code for the workflows, and returns the compiler's findings.
func (b batch) generate(t *testing.T) (findings string) {
	t.Helper()
	result, err := gen.Generate(t.Context(), gen.Config{Dir: b.dir, Env: env()})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		findings += d.Format(b.dir) + "\n"
	}
	if findings == "" {
		if err := result.Write(); err != nil {
			t.Fatal(err)
		}
	}
	return findings
}

// build builds the test, and returns the errors.
func (b batch) build(t *testing.T) (errs string) {
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-o", "batch.test", ".")
	cmd.Dir, cmd.Env = b.dir, env()
	if out, err := cmd.CombinedOutput(); err != nil {
		return string(out)
	}
	return ""
}

// patience is how long a batch may run, and how long it may run for each of its programs.
const patience, patienceEach = 20 * time.Second, time.Second

// run runs the test. If it does not finish, the current program has failed, and the remaining ones are judged again.
func (b batch) run(t *testing.T) (verdicts []oracle.Verdict) {
	ctx, cancel := context.WithTimeout(t.Context(), patience+patienceEach*time.Duration(len(b.programs)))
	defer cancel()
	cmd := exec.CommandContext(ctx, "./batch.test")
	cmd.Dir = b.dir
	out, err := cmd.Output()
	var stderr []byte
	if exit, ok := err.(*exec.ExitError); ok {
		stderr = exit.Stderr
	}
	for line := range strings.Lines(string(out)) {
		var v oracle.Verdict
		if json.Unmarshal([]byte(line), &v) == nil {
			verdicts = append(verdicts, v)
		}
	}
	if n := len(verdicts); n < len(b.programs) {
		verdicts = append(verdicts, oracle.Verdict{Name: b.programs[n].name(), Problem: fmt.Sprintf("the test ends with %v (%v)\n%s\n%s", err, ctx.Err(), tail(out), tail(stderr))})
		if rest := b.programs[n+1:]; len(rest) > 0 {
			verdicts = append(verdicts, judge(t, rest)...)
		}
	}
	return verdicts
}

// tail is the end of a long text.
func tail(text []byte) string {
	const limit = 3000
	return string(text[max(0, len(text)-limit):])
}
