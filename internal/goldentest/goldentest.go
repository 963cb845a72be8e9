// Package goldentest compares what a test got with what is recorded in files.
//
// The flag -update records what the tests get now. A test that recorded something fails once, so that the difference is
// read before it is committed:
//
//	go test ./gen -run TestCheck -update
package goldentest

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "record what the tests get now, and fail")

// Update reports whether the test records what it gets. It then has to fail.
func Update() bool { return *update }

// File compares got with a file.
func File(t testing.TB, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if !*update {
		differs(t, name, want, got)
		return
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	record(t, name, got)
}

// Section compares got with a section of an archive. An archive without the section has it empty.
func Section(t testing.TB, name string, archive *txtar.Archive, section string, got []byte) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == section })
	var want []byte
	if i >= 0 {
		want = archive.Files[i].Data
	}
	switch {
	case bytes.Equal(got, want):
	case !*update:
		differs(t, name+": "+section, want, got)
	case i < 0:
		archive.Files = append(archive.Files, txtar.File{Name: section, Data: got})
		record(t, name, txtar.Format(archive))
	default:
		archive.Files[i].Data = got
		record(t, name, txtar.Format(archive))
	}
}

func differs(t testing.TB, name string, want, got []byte) {
	t.Helper()
	t.Errorf("%s differs; to record what the test gets, run it with -update\n%s", name, diff.Diff("want", want, "got", got))
}

func record(t testing.TB, name string, got []byte) {
	t.Helper()
	if err := os.WriteFile(name, got, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("recorded in %s: read the difference, then run the test again", name)
}

// Archives reads the archives of a folder, by file name.
func Archives(t testing.TB, dir string) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in %s (%v)", dir, err)
	}
	all := map[string]*txtar.Archive{}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = archive
	}
	return all
}
