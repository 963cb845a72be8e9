package golden_test

import (
	"bytes"
	"cmp"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/internal/goldentest"
	"github.com/pawlhq/pawl/internal/testmod"
)

// wanted is the section of an archive that holds what the compiler says.
const wanted = "want.txt"

// TestRejected runs the compiler over each archive of reject and compares what it says of the program.
func TestRejected(t *testing.T) {
	for _, file := range rejected(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := module(t, archive)
			result, err := gen.Generate(t.Context(), gen.Config{Dir: dir, Patterns: []string{"./..."}})
			if err != nil {
				t.Fatal(err)
			}
			got, want := said(result), &archive.Files[len(archive.Files)-1].Data
			if bytes.Equal(got, *want) {
				return
			}
			if !goldentest.Update() {
				t.Fatalf("got\n%s\nwant\n%s\nrecord it with go test ./golden -run TestRejected/%s -update", got, *want, name)
			}
			*want = got
			if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
			t.Fatalf("%s is refreshed: read the difference, then run the test again", file)
		})
	}
}

// TestCheckNeedsNoRequire checks the programs in modules that do not require Pawl, as far as they import nothing outside of the
// standard library: the findings are the same.
func TestCheckNeedsNoRequire(t *testing.T) {
	checked := 0
	for _, file := range rejected(t) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if importsModules(archive) {
			continue
		}
		checked++
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, f := range archive.Files {
				testmod.Write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
			}
			testmod.Write(t, filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n\ngo 1.26\n"))
			result, err := gen.Check(t.Context(), gen.Config{Dir: dir, Patterns: []string{"./..."}})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := said(result), archive.Files[len(archive.Files)-1].Data; !bytes.Equal(got, want) {
				t.Errorf("without a requirement of Pawl\n%s\nwith it\n%s", got, want)
			}
		})
	}
	if checked < 20 {
		t.Errorf("only %d programs import the standard library alone", checked)
	}
}

// importsModules reports whether a program may import something outside of the standard library and of its own module.
func importsModules(archive *txtar.Archive) bool {
	for _, f := range archive.Files {
		if f.Name != wanted && (strings.HasPrefix(f.Name, "modules/") || moduleImport.Match(f.Data)) {
			return true
		}
	}
	return false
}

var moduleImport = regexp.MustCompile(`"(github\.com|golang\.org|google\.golang\.org|gopkg\.in)/`)

// TestEveryRuleIsShown finds rules that no program of reject breaks.
func TestEveryRuleIsShown(t *testing.T) {
	var text strings.Builder
	for _, file := range rejected(t) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		last := archive.Files[len(archive.Files)-1]
		if last.Name != wanted {
			t.Errorf("%s does not end with the section %s", file, wanted)
		}
		text.Write(last.Data)
	}
	for _, rule := range gen.Rules() {
		const fault = "PWL199" // of the compiler itself
		if rule.ID != fault && !strings.Contains(text.String(), "["+rule.ID+"]") {
			t.Errorf("no program in golden/reject breaks %s (%s)", rule.ID, rule.Title)
		}
	}
}

// rejected are the archives.
func rejected(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("reject/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives in reject (%v)", err)
	}
	return files
}

// said is everything that the compiler says of a program, in the order of its lines.
func said(result *gen.Result) []byte {
	all := slices.Concat(result.Diagnostics, result.Remarks)
	slices.SortStableFunc(all, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	var b bytes.Buffer
	for _, d := range all {
		b.WriteString(d.Format(result.Dir))
	}
	return b.Bytes()
}

// module makes a module of an archive that uses this checkout. The modules that the archive has in modules/* replace those of others.
func module(t *testing.T, archive *txtar.Archive) (dir string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for _, f := range archive.Files {
		if f.Name == wanted {
			continue
		}
		testmod.Write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
		if ok, _ := path.Match("modules/*/go.mod", f.Name); ok {
			replace[strings.TrimSpace(strings.TrimPrefix(string(f.Data), "module "))] = filepath.Join(dir, path.Dir(f.Name))
		}
	}
	testmod.Module{Path: "example.com/shop", Replace: replace}.Init(t, dir)
	return dir
}
