package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/testmod"
)

// execute runs a command line.
func execute(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&errs)
	code = cli.Run(context.Background(), root, args)
	return out.String(), errs.String(), code
}

// inModule makes a module with one file and changes to its directory.
func inModule(t *testing.T, source string) {
	t.Helper()
	dir := testmod.Module{}.New(t, nil)
	testmod.Write(t, filepath.Join(dir, "a.go"), []byte(source))
	t.Chdir(dir)
}

const good = `package a

import "context"

//pawl:activity
func Act(ctx context.Context) error { return nil }

//pawl:workflow
func Flow(ctx context.Context) error { return Act(ctx) }
`

const bad = `package a

import "context"

//pawl:activity timout=1s
func Act(ctx context.Context) error { return nil }
`

func TestGenerate(t *testing.T) {
	inModule(t, good)

	out, errs, code := execute("generate", "--check")
	if code != cli.Found || out != "a.pawl.go\npawl.gen.go\n" || !strings.Contains(errs, "go generate") {
		t.Errorf("--check before: status %d, stdout %q, stderr %q", code, out, errs)
	}
	out, _, code = execute("generate", "--diff", "./...")
	if code != cli.Found || !strings.Contains(out, "--- /dev/null\n+++ b/pawl.gen.go\n") {
		t.Errorf("--diff before: status %d, stdout %q", code, out)
	}
	if _, err := os.Stat("pawl.gen.go"); err == nil {
		t.Error("--check or --diff wrote a file")
	}

	if out, errs, code := execute("generate"); code != cli.OK || out+errs != "" {
		t.Errorf("generate: status %d, stdout %q, stderr %q", code, out, errs)
	}
	if out, errs, code := execute("generate", "--overlay", ".pawl"); code != cli.OK || filepath.Base(strings.TrimSpace(out)) != "overlay.json" || errs != "" {
		t.Errorf("--overlay: status %d, stdout %q, stderr %q", code, out, errs)
	}
	if _, errs, code := execute("generate", "--overlay", ".pawl", "--check"); code != cli.Usage || !strings.Contains(errs, "only one of them") {
		t.Errorf("--overlay --check: status %d, stderr %q", code, errs)
	}
	before, err := os.Stat("pawl.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"generate", "--check"}, {"generate", "--diff"}, {"generate"}, {"check"}} {
		if out, errs, code := execute(args...); code != cli.OK || out+errs != "" {
			t.Errorf("%v after: status %d, stdout %q, stderr %q", args, code, out, errs)
		}
	}
	if after, err := os.Stat("pawl.gen.go"); err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("a file that did not change was written again (%v)", err)
	}
}

// A package without directives is no failure, but not what was meant.
func TestNothingToGenerate(t *testing.T) {
	inModule(t, "package a\n")
	out, errs, code := execute("generate")
	if code != cli.OK || out != "" || !strings.Contains(errs, "nothing to generate: no package has a directive") {
		t.Errorf("status %d, stdout %q, stderr %q", code, out, errs)
	}
}

func TestFindings(t *testing.T) {
	inModule(t, bad)
	const first = "a.go:5:17: unknown option timout [PWL101]\n"

	out, errs, code := execute("generate")
	if code != cli.Failure || out != "" || !strings.HasPrefix(errs, first) {
		t.Errorf("generate: status %d, stdout %q, stderr %q", code, out, errs)
	}
	out, errs, code = execute("generate", "--check")
	if code != cli.Found || out != "" || !strings.HasPrefix(errs, first) {
		t.Errorf("generate --check: status %d, stdout %q, stderr %q", code, out, errs)
	}
	out, errs, code = execute("check")
	if code != cli.Found || !strings.HasPrefix(out, first) || errs != "" {
		t.Errorf("check: status %d, stdout %q, stderr %q", code, out, errs)
	}
	out, _, code = execute("check", "-o", "json")
	var found []finding
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != cli.Found {
		t.Fatalf("check -o json: status %d, %v: %s", code, err, out)
	}
	if len(found) != 1 || found[0].File != "a.go" || found[0].Line != 5 || found[0].Rule != "PWL101" || found[0].Fix == "" {
		t.Errorf("check -o json: %+v", found)
	}
}

func TestExplain(t *testing.T) {
	if out, _, code := execute("explain", "pwl104"); code != cli.OK || !strings.HasPrefix(out, "PWL104: ") || strings.Count(out, "\n") < 4 {
		t.Errorf("explain pwl104: status %d, %q", code, out)
	}
	if out, _, code := execute("explain"); code != cli.OK || !strings.Contains(out, "PWL101  a directive is invalid\n") {
		t.Errorf("explain: status %d, %q", code, out)
	}
	if out, _, code := execute("explain", "activity"); code != cli.OK || !strings.Contains(out, "timeout=10s\n") || !strings.Contains(out, "default: 1m\n") {
		t.Errorf("explain activity: status %d, %q", code, out)
	}
	if out, _, code := execute("explain", "timeout"); code != cli.OK || !strings.Contains(out, "timeout=10s (of activity, step)\n") || !strings.Contains(out, "timeout=72h (of workflow)\n") {
		t.Errorf("explain timeout: status %d, %q", code, out)
	}
	out, _, code := execute("explain", "PWL104", "-o=json")
	var r rule
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != cli.OK || r.ID != "PWL104" || r.Doc == "" {
		t.Errorf("explain -o=json: status %d, %v: %s", code, err, out)
	}
}

func TestVersion(t *testing.T) {
	out, _, code := execute("version", "-o", "json")
	var v version
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != cli.OK || v.Generator == "" || v.ABI == 0 {
		t.Errorf("status %d, %v: %s", code, err, out)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{"frobnicate"},
		{"generate", "--chekc"},
		{"generate", "-chekc"},
		{"generate", "--check", "--diff"},
		{"check", "-o", "xml"},
		{"explain", "PWL000"},
		{"explain", "a", "b"},
		{"version", "now"},
	} {
		out, errs, code := execute(args...)
		if code != cli.Usage || out != "" || !strings.HasPrefix(errs, "pawl: ") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, code, out, errs)
		}
	}
}

// TestHelp requires that help texts list the exit statuses, which scripts depend on.
func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"generate", "--help"}, {"check", "--help"}} {
		out, _, code := execute(args...)
		if code != cli.OK || !strings.Contains(out, "Exit status: 0") || !strings.Contains(out, " 100 ") {
			t.Errorf("%v: status %d, %q", args, code, out)
		}
		if !strings.Contains(out, "\n      --tags string") {
			t.Errorf("%v: no flag --tags: %s", args, out)
		}
	}
}

func TestFailure(t *testing.T) {
	inModule(t, good)
	if _, errs, code := execute("check", "./nowhere"); code != cli.Failure || !strings.Contains(errs, "nowhere") {
		t.Errorf("status %d, stderr %q", code, errs)
	}
}

// TestCompletion tests that shells can complete the names of rules.
func TestCompletion(t *testing.T) {
	if out, _, code := execute("__complete", "explain", "PWL10"); code != cli.OK || !strings.Contains(out, "PWL101\ta directive is invalid\n") {
		t.Errorf("status %d, %q", code, out)
	}
	if out, _, code := execute("completion", "bash"); code != cli.OK || !strings.Contains(out, "pawl") {
		t.Errorf("status %d, %q", code, out)
	}
}
