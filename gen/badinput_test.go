package gen_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen"
)

// What the compiler cannot work with it names, with what to do, and leaves everything as it is.
func TestSaysPlainly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		archive  string
		patterns []string
		want     []string // parts of the error, or else of the first finding
	}{
		{
			name: "annotated in tests only", archive: "-- a.go --\npackage a\n-- a_test.go --\n" + annotatedSource,
			want: []string{"a_test.go:5:1: pawl:activity in a test file has no effect", "move the function"},
		},
		{
			name: "nothing but tests", archive: "-- a_test.go --\n" + annotatedSource,
			want: []string{"a_test.go:5:1: pawl:activity in a test file has no effect", "move the function"},
		},
		{
			name: "nothing but constrained files", archive: "-- a.go --\n//go:build plan9\n\n" + annotatedSource,
			want: []string{"build constraints exclude all Go files", "-tags or GOOS"},
		},
		{
			name: "a constrained file", archive: "-- a.go --\npackage a\n-- a_linux.go --\n" + annotatedSource,
			want: []string{"a_linux.go:5:1: Act is compiled only for linux", "move it to a file without build constraints"},
		},
		{
			name: "no Go files", archive: "-- README --\nhello\n",
			want: []string{"no Go files in"},
		},
		{
			name: "an empty directory below", archive: "-- a.go --\n" + annotatedSource + "-- b/README --\nhello\n", patterns: []string{"./b"},
			want: []string{"./b: no Go files in"},
		},
		{
			name: "not Go", archive: "-- a.go --\n" + annotatedSource + "}\n",
			want: []string{"a.go:10:1: ", "PWL100"},
		},
		{
			name: "half a file that is not ours", archive: "-- a.go --\n" + annotatedSource + "-- a.pawl.go --\npackage a\n",
			want: []string{"a.pawl.go was not written by pawl", "rename it"},
		},
		{
			name: "C in a workflow", archive: "-- a.go --\n" + strings.Replace(annotatedSource, "import", "// int one() { return 1; }\nimport \"C\"\n\nimport", 1) +
				"\n//pawl:workflow\nfunc Other(ctx context.Context) error { C.one(); return nil }\n",
			want: []string{"Other uses package C, which is C code", "move it to an activity"},
		},
		{
			name: "two modules of a workspace", archive: workspace, patterns: []string{"./...", "./b/..."},
			want: []string{"several modules of a workspace (example.com/b, example.com/test)", "one module at a time"},
		},
		{
			name: "durable code of another module of a workspace", archive: workspace, patterns: []string{"."},
			want: []string{"a.go:11:4: Flow calls b.Nap", "reaches time.Sleep", "b/b.go:5:19", "move it to an activity"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := module(t, txtar.Parse([]byte(c.archive)))
			before := tree(t, dir)
			result, err := gen.Generate(context.Background(), gen.Config{Dir: dir, Patterns: c.patterns})
			var said string
			switch {
			case err != nil:
				said = err.Error()
			case len(result.Diagnostics) > 0:
				said = result.Diagnostics[0].Format(dir)
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q, but\n%s", want, said)
				}
			}
			if !maps.Equal(tree(t, dir), before) {
				t.Error("files have changed")
			}
		})
	}
}

// workspace has two modules, of which one uses the other.
const workspace = `
-- go.work --
go 1.26.0

use (
	.
	./b
)
-- a.go --
package a

import (
	"context"

	"example.com/b"
)

//pawl:workflow
func Flow(ctx context.Context) (int, error) {
	b.Nap()
	return b.Next(1), nil
}
-- b/go.mod --
module example.com/b

go 1.26.0
-- b/b.go --
package b

import "time"

func Nap() { time.Sleep(1) }

func Next(n int) int { return n + 1 }
`

// tree is what lies below a directory, by name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[name] = string(read(t, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Outside of any module there is nothing to compile.
func TestNoModule(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.go"), []byte(annotatedSource))
	_, err := gen.Generate(context.Background(), gen.Config{Dir: dir})
	if err == nil || !strings.HasPrefix(err.Error(), "go: go.mod file not found") || !strings.Contains(err.Error(), "go mod init") {
		t.Errorf("got %v", err)
	}
}

// Deterministic code of another module of the workspace is called as it is, and nothing is written there.
func TestWorkspace(t *testing.T) {
	t.Parallel()
	dir := module(t, txtar.Parse([]byte(strings.Replace(workspace, "\tb.Nap()\n", "", 1))))
	writeResult(t, generate(t, dir, "."))
	run(t, dir, "go", "vet", ".")
	if got := slices.Sorted(maps.Keys(generated(t, dir))); !slices.Equal(got, []string{"a.pawl.go", "pawl.gen.go"}) {
		t.Errorf("wrote %v", got)
	}
}

// Vendored code is read where it is compiled from.
func TestVendored(t *testing.T) {
	t.Parallel()
	dir := module(t, txtar.Parse([]byte(`
-- a.go --
package a

import (
	"context"

	"golang.org/x/mod/semver"
)

//pawl:workflow
func Flow(ctx context.Context, a, b string) (int, error) { return semver.Compare(a, b), nil }
`)))
	mod := read(t, filepath.Join(dir, "go.mod"))
	write(t, filepath.Join(dir, "go.mod"), bytes.Replace(mod, []byte("tool github.com/pawlhq/pawl/cmd/pawl\n"), nil, 1))
	env := append(os.Environ(), "GOFLAGS=-mod=mod")
	result, err := gen.Generate(context.Background(), gen.Config{Dir: dir, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	writeResult(t, result)
	vendor := exec.Command("go", "mod", "vendor")
	vendor.Dir, vendor.Env = dir, env
	if out, err := vendor.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if stale := generate(t, dir).Stale(); len(stale) > 0 {
		t.Errorf("vendored, %s would be written otherwise", stale[0].Path)
	}
	run(t, dir, "go", "build", ".")
	if err := os.RemoveAll(filepath.Join(dir, "vendor", "github.com", "pawlhq")); err != nil {
		t.Fatal(err)
	}
	_, err = gen.Generate(context.Background(), gen.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "go mod vendor") {
		t.Errorf("without the runtime in vendor: %v", err)
	}
}

// C in a package does not matter, as long as workflows do not call it.
func TestCgo(t *testing.T) {
	t.Parallel()
	dir := module(t, txtar.Parse([]byte(`
-- a.go --
package a

// int twice(int n) { return 2 * n; }
import "C"

import "context"

//pawl:activity
func Twice(ctx context.Context, n int) (int, error) { return int(C.twice(C.int(n))), nil }

//pawl:workflow
func Flow(ctx context.Context, n int) (int, error) { return Twice(ctx, n) }
`)))
	writeResult(t, generate(t, dir))
	if _, err := exec.LookPath("cc"); err == nil {
		run(t, dir, "go", "vet", ".")
	}
}

// A package of which half the output is missing is made whole.
func TestHalfGenerated(t *testing.T) {
	t.Parallel()
	dir := module(t, txtar.Parse([]byte("-- a.go --\n"+annotatedSource)))
	writeResult(t, generate(t, dir))
	want := generated(t, dir)
	for name := range want {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		writeResult(t, generate(t, dir))
		if !maps.Equal(generated(t, dir), want) {
			t.Errorf("without %s: other files", name)
		}
	}
}

// A linked file is part of the package that it is linked into; a linked directory is no package of its own.
func TestSymlinks(t *testing.T) {
	t.Parallel()
	dir := module(t, txtar.Parse([]byte("-- real/a.go --\n"+annotatedSource+"-- pkg/b.go --\npackage a\n")))
	for link, to := range map[string]string{"pkg/a.go": "../real/a.go", "link": "real"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	writeResult(t, generate(t, dir, "./pkg"))
	if got := slices.Sorted(maps.Keys(generated(t, dir))); !slices.Equal(got, []string{"pkg/a.pawl.go", "pkg/pawl.gen.go"}) {
		t.Errorf("a linked file: wrote %v", got)
	}
	_, err := gen.Generate(context.Background(), gen.Config{Dir: dir, Patterns: []string{"./link"}})
	if err == nil || !strings.Contains(err.Error(), "example.com/test/link is reached through a symbolic link") || !strings.Contains(err.Error(), filepath.Join(dir, "real")) {
		t.Errorf("a linked directory: %v", err)
	}
	whole := filepath.Join(t.TempDir(), "module")
	if err := os.Symlink(dir, whole); err != nil {
		t.Fatal(err)
	}
	if stale := generate(t, whole, "./pkg").Stale(); len(stale) > 0 {
		t.Errorf("a linked module: %s is written again", stale[0].Path)
	}
}

// If one file cannot be written, none is.
func TestWriteAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept.go")
	write(t, kept, []byte("old"))
	result := &gen.Result{Dir: dir, Files: []gen.File{
		{Path: kept, Content: []byte("new"), Old: []byte("old")},
		{Path: filepath.Join(dir, "fresh.go"), Content: []byte("new")},
		{Path: filepath.Join(dir, "nowhere", "a.go"), Content: []byte("new")},
	}}
	if err := result.Write(); err == nil || !strings.Contains(err.Error(), "nothing is written, because nowhere/a.go cannot be") {
		t.Errorf("got %v", err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{kept: "old"}) {
		t.Errorf("left %v", got)
	}
}

// The verdict is the same each time, whatever the order of the patterns.
func TestSameVerdict(t *testing.T) {
	t.Parallel()
	archive := shop(t)
	archive.Files = append(archive.Files, txtar.Parse([]byte(`
-- bad/one/one.go --
package one

import (
	"context"

	"golang.org/x/time/rate"

	"example.com/test/bad/both"
)

//pawl:workflow
func Flow(ctx context.Context) error {
	rate.NewLimiter(1, 1).Allow()
	return both.Home()
}
-- bad/two/two.go --
package two

import (
	"context"

	"golang.org/x/time/rate"

	"example.com/test/bad/both"
)

//pawl:workflow
func Flow(ctx context.Context) error {
	_ = rate.Every(1)
	return both.Home()
}
-- bad/both/both.go --
package both

import (
	"errors"
	"os"

	"golang.org/x/time/rate"
)

func Home() error {
	rate.NewLimiter(1, 1).Wait(nil)
	return errors.New(os.Getenv("HOME"))
}
`)).Files...)
	dir := module(t, archive)
	all := []string{"./shop", "./bad/one", "./bad/two", "./bad/both", "./util"}
	var first string
	for range 10 {
		result, err := gen.Check(context.Background(), gen.Config{Dir: dir, Patterns: all})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, d := range slices.Concat(result.Diagnostics, result.Remarks) {
			b.WriteString(d.Format(dir))
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first || !strings.Contains(first, "[PWL219]") {
			t.Fatalf("%v gives\n%s\nand not\n%s", all, b.String(), first)
		}
		all = append(all[2:], all[1], all[0])
	}
}
