// Package testmod makes modules for tests of what users do in their own modules: such a module requires this checkout of
// Pawl, and finds everything that Pawl depends on without a network.
package testmod

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// pawl is the path of the module under test.
const pawl = "github.com/pawlhq/pawl"

// Module says what go.mod has besides what this checkout requires.
type Module struct {
	Path    string            // empty is example.com/test
	Replace map[string]string // folders to take modules from, by module path; Pawl is this checkout if it isn't named
	Tool    bool              // cmd/pawl is a tool of the module
	NoSums  bool              // leave go.sum out
}

// New makes a module that has the files of an archive, and returns its folder.
func New(t testing.TB, archive *txtar.Archive) (dir string) {
	t.Helper()
	return Module{}.New(t, archive)
}

// New makes the module with the files of an archive, which may be nil, and returns its folder.
func (m Module) New(t testing.TB, archive *txtar.Archive) (dir string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m.Init(t, dir)
	if archive != nil {
		for _, f := range archive.Files {
			Write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
		}
	}
	return dir
}

// Init writes go.mod and go.sum of the module to a folder.
func (m Module) Init(t testing.TB, dir string) {
	t.Helper()
	root := Root(t)
	path := m.Path
	if path == "" {
		path = "example.com/test"
	}
	var mod bytes.Buffer
	mod.Write(bytes.Replace(Read(t, filepath.Join(root, "go.mod")), []byte("module "+pawl+"\n"), []byte("module "+path+"\n"), 1))
	replace := map[string]string{pawl: root}
	maps.Copy(replace, m.Replace)
	for _, path := range slices.Sorted(maps.Keys(replace)) {
		folder, err := filepath.Abs(replace[path])
		if err != nil {
			t.Fatal(err)
		}
		require(&mod, path, folder)
	}
	if m.Tool {
		fmt.Fprintf(&mod, "\ntool %s/cmd/pawl\n", pawl)
	}
	Write(t, filepath.Join(dir, "go.mod"), mod.Bytes())
	if !m.NoSums {
		Write(t, filepath.Join(dir, "go.sum"), Read(t, filepath.Join(root, "go.sum")))
	}
}

// require takes a module from a folder, in whatever version it is required.
func require(mod *bytes.Buffer, path, folder string) {
	if !strings.Contains(mod.String(), "\t"+path+" v") {
		fmt.Fprintf(mod, "\nrequire %s v0.0.0\n", path)
	}
	fmt.Fprintf(mod, "\nreplace %s => %s\n", path, folder)
}

// Root returns the folder of this checkout: the module that the test runs in.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(data, []byte("module "+pawl+"\n")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the test does not run in a checkout of Pawl")
		}
		dir = filepath.Dir(dir)
	}
}

// Read reads a file.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Write writes a file, and makes its folder.
func Write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
