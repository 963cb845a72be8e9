package gen_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/internal/goldentest"
	"github.com/pawlhq/pawl/internal/testmod"
)

// TestCheck runs the compiler over each archive of testdata/check and compares what it finds with the section want.
func TestCheck(t *testing.T) {
	for name, archive := range archives(t, "check") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			dir := module(t, archive)
			result, err := gen.Check(context.Background(), gen.Config{Dir: dir, Patterns: []string{"./..."}})
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			for _, d := range result.Diagnostics {
				got.WriteString(d.Format(dir))
			}
			compare(t, name, archive, got.Bytes())
		})
	}
}

// archives are those of one directory in testdata, by file name.
func archives(t *testing.T, dir string) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in testdata/%s: %v", dir, err)
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

// compare holds got against the section want of an archive.
func compare(t *testing.T, name string, archive *txtar.Archive, got []byte) {
	t.Helper()
	for i, f := range archive.Files {
		if f.Name != "want" {
			continue
		}
		if bytes.Equal(f.Data, got) {
			return
		}
		if !goldentest.Update() {
			t.Fatalf("got\n%s\nwant\n%s\nrecord it with go test ./gen -update", got, f.Data)
		}
		archive.Files[i].Data = got
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s is refreshed: read the difference, then run the test again", name)
	}
	t.Fatalf("%s has no section want", name)
}

// module makes a module of an archive, without its wanted sections, that uses this checkout of Pawl.
func module(t testing.TB, archive *txtar.Archive) string {
	t.Helper()
	files := slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want") })
	return testmod.Module{Tool: true}.New(t, &txtar.Archive{Files: files})
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
