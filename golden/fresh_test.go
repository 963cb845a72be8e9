package golden_test

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/internal/goldentest"
)

// TestFresh generates code for the accepted programs and compares it with what is there.
func TestFresh(t *testing.T) {
	root, err := filepath.Abs("accept")
	if err != nil {
		t.Fatal(err)
	}
	result, err := gen.Generate(t.Context(), gen.Config{Patterns: []string{"./accept/..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Error(d.Format(result.Dir))
	}
	for _, f := range result.Stale() {
		rel, err := filepath.Rel(root, f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !goldentest.Update() {
			t.Errorf("%s differs from what the compiler writes now; regenerate it with go test ./golden -run TestFresh -update", rel)
			continue
		}
		if err := put(f); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s is refreshed: read the difference, then run the test again", rel)
	}
}

// put writes a generated file, or removes it if there is none any more.
func put(f gen.File) error {
	if f.Content == nil {
		return os.Remove(f.Path)
	}
	return os.WriteFile(f.Path, f.Content, 0o666)
}

// TestGeneratedIsFormatted finds generated code in this module, examples included, that gofmt would change.
func TestGeneratedIsFormatted(t *testing.T) {
	count := 0
	err := filepath.WalkDir("..", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".pawl.go") && filepath.Base(name) != "pawl.gen.go" {
			return err
		}
		count++
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if formatted, err := format.Source(content); err != nil || !bytes.Equal(formatted, content) {
			t.Errorf("%s is not formatted (%v)", name, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 50 {
		t.Errorf("only %d generated files found", count)
	}
}
