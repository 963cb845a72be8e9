package distribution_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/internal/lowerall"
	"github.com/pawlhq/pawl/internal/testmod"
)

// This file builds the programs: all in one module, each as it is and lowered.

// module is the folder of a module with programs in it.
type module struct{ dir string }

// driver is the main function of a lowered program.
const driver = `package main

import "github.com/pawlhq/pawl/golden/distribution/program"

func main() { program.Main(` + originalMain + `__pawl) }
`

// newModule makes a module of programs.
func newModule(t *testing.T, programs []program) module {
	t.Helper()
	m := module{t.TempDir()}
	testmod.Module{Path: "example.com/programs"}.Init(t, m.dir)
	for _, p := range programs {
		base := filepath.Base(p.name)
		m.write(t, filepath.Join("native", p.id(), base), p.source)
		m.write(t, filepath.Join("lowered", p.id(), base), p.renamed())
	}
	return m
}

func (m module) write(t *testing.T, name string, content []byte) {
	t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// env is the go command's.
func env() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
}

// lower writes the copies of everything in the programs to be lowered, and the functions that run them. A program that
// cannot be lowered is removed; the compiler's findings about it are returned by id.
func (m module) lower(t *testing.T, programs []program) (findings map[string]string) {
	t.Helper()
	result := m.everything(t)
	if findings = m.findings(result); len(findings) > 0 {
		for id := range findings {
			os.RemoveAll(filepath.Join(m.dir, "lowered", id))
		}
		result = m.everything(t)
	}
	if err := result.Write(); err != nil {
		t.Fatalf("%v: %v", err, result.Diagnostics)
	}
	for _, p := range programs {
		if findings[p.id()] == "" {
			m.write(t, filepath.Join("lowered", p.id(), "driver.go"), []byte(driver))
		}
	}
	return findings
}

func (m module) everything(t *testing.T) *gen.Result {
	t.Helper()
	result, err := gen.Generate(lowerall.Context(t.Context()), gen.Config{Dir: m.dir, Patterns: []string{"./lowered/..."}, Env: env()})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// findings gathers what the compiler says, by the id of the program that it is about.
func (m module) findings(result *gen.Result) map[string]string {
	findings := map[string]string{}
	for _, d := range result.Diagnostics {
		id := filepath.Base(filepath.Dir(d.Pos.Filename))
		findings[id] += d.Format(m.dir) + "\n"
	}
	return findings
}

// build builds all programs of a folder.
func (m module) build(t *testing.T, folder string) {
	t.Helper()
	bin := filepath.Join(m.dir, "bin", folder) + string(filepath.Separator)
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./"+folder+"/...")
	cmd.Dir, cmd.Env = m.dir, env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go build of the %s programs: %v\n%s", folder, err, out)
	}
}

// command is the file of a program that was built.
func (m module) command(folder string, p program) string {
	return filepath.Join(m.dir, "bin", folder, p.id())
}
