// Package checktest loads the cases of a test as one program: each case is a txtar archive, and becomes a folder of
// packages in a module made for the test.
package checktest

import (
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen/internal/describe"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/internal/testmod"
)

// Module is the path of the module that the cases are loaded in; case "maps" is package Module + "/maps".
const Module = "example.com/m"

// Case is one archive.
type Case struct {
	Name    string
	Path    string // of the archive
	Archive *txtar.Archive
}

// Cases reads all archives of a folder, by name.
func Cases(t testing.TB, dir string) (cases []Case) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases in %s (%v)", dir, err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, Case{strings.TrimSuffix(filepath.Base(path), ".txtar"), path, a})
	}
	return cases
}

// File is the contents of a file of a case, and whether it has one.
func (c Case) File(name string) (string, bool) {
	for _, f := range c.Archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// Update replaces a file of a case and writes the archive back.
func (c Case) Update(t testing.TB, name, data string) {
	t.Helper()
	c.Archive.Files = slices.DeleteFunc(c.Archive.Files, func(f txtar.File) bool { return f.Name == name })
	c.Archive.Files = append(c.Archive.Files, txtar.File{Name: name, Data: []byte(data)})
	if err := os.WriteFile(c.Path, txtar.Format(c.Archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Load loads the Go files of all cases. Deps are other modules by path, each a folder with its go.mod. The front end
// must have nothing to say about the cases.
func Load(t testing.TB, cases []Case, deps map[string]string) (prog *gosrc.Program, dir string) {
	t.Helper()
	return LoadReached(t, cases, deps, nil)
}

// LoadReached is Load with those packages of deps from their source that reached names.
func LoadReached(t testing.TB, cases []Case, deps map[string]string, reached func(*gosrc.Program) []string) (prog *gosrc.Program, dir string) {
	t.Helper()
	dir = t.TempDir()
	testmod.Module{Path: Module, Replace: deps}.Init(t, dir)
	for _, c := range cases {
		for _, f := range c.Archive.Files {
			if strings.HasSuffix(f.Name, ".go") {
				testmod.Write(t, filepath.Join(dir, c.Name, f.Name), f.Data)
			}
		}
	}
	loader, err := gosrc.Parse(t.Context(), gosrc.Config{
		Dir: dir, Patterns: []string{"./..."}, Unannotated: true, Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off"),
	})
	if err != nil {
		t.Fatal(err)
	}
	prog = loader.Program
	loader.TypeCheck()
	if reached != nil && loader.Compiles() {
		if err := loader.Deepen(reached(prog)); err != nil {
			t.Fatal(err)
		}
	}
	found := append(loader.Findings(), describe.Check(prog)...)
	for _, d := range found {
		t.Errorf("the front end says:\n%s", d.Format(dir))
	}
	if len(found) > 0 {
		t.FailNow() // the checker and the lowerer expect a program that compiles
	}
	return prog, dir
}

// Line is a line of a source file.
type Line struct {
	File string
	Line int
}

// Wants returns the comments of a program that begin with "want", by line and without that word. A test compares them with
// what it finds on their lines.
func Wants(prog *gosrc.Program) map[Line]string {
	wants := map[Line]string{}
	for _, p := range prog.Packages {
		for _, f := range p.Files {
			for _, group := range f.Syntax.Comments {
				for _, c := range group.List {
					if text, ok := strings.CutPrefix(c.Text, "// want "); ok {
						wants[LineOf(prog, c.Pos())] = text
					}
				}
			}
		}
	}
	return wants
}

// LineOf returns the line of a position in a program.
func LineOf(prog *gosrc.Program, pos token.Pos) Line {
	at := prog.Fset.Position(pos)
	return Line{at.Filename, at.Line}
}
