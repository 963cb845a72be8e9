package check

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// TestStdlibNames proves that every name of the table exists, so that none is misspelt or was renamed.
func TestStdlibNames(t *testing.T) {
	var paths []string
	for _, table := range []map[string][]entry{stdlib, readers} {
		for path := range table {
			if importpath.IsStd(path) && path != "unsafe" && path != "C" && path != "syscall/js" {
				paths = append(paths, path)
			}
		}
	}
	imp := exportData(t, paths)
	for _, path := range paths {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, row := range slices.Concat(stdlib[path], readers[path]) {
			for _, name := range strings.Fields(row.names) {
				if !exists(pkg, name) {
					t.Errorf("%s has no %s", path, name)
				}
			}
		}
	}
}

// exportData imports packages from the files that one call of the go command names.
func exportData(t *testing.T, paths []string) types.Importer {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, paths...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, line := range strings.Fields(string(out)) {
		path, file, _ := strings.Cut(line, "=")
		files[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
}

func exists(pkg *types.Package, name string) bool {
	typ, method, isMethod := strings.Cut(name, ".")
	obj := pkg.Scope().Lookup(typ)
	switch {
	case name == "*":
		return true
	case !isMethod || obj == nil:
		return obj != nil
	case method == "*":
		_, ok := obj.(*types.TypeName)
		return ok
	}
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(obj.Type()), true, pkg, method)
	if iface, ok := obj.Type().Underlying().(*types.Interface); ok {
		found, _, _ = types.LookupFieldOrMethod(iface, true, pkg, method)
	}
	_, ok := found.(*types.Func)
	return ok
}

// TestNamesHaveOneVerdict proves that no name stands in two rows of a package with the same precision.
func TestNamesHaveOneVerdict(t *testing.T) {
	for path, rows := range stdlib {
		seen := map[string]bool{}
		for _, row := range rows {
			for _, name := range strings.Fields(row.names) {
				if seen[name] {
					t.Errorf("%s.%s has two rows", path, name)
				}
				seen[name] = true
			}
		}
	}
}

// TestLookup shows how a name is found: by itself, by its type, by its package, by its family, as unknown.
func TestLookup(t *testing.T) {
	for _, c := range []struct {
		pkg, name string
		verdict   verdict
		rule      string
	}{
		{"strings", "ToUpper", allowed, ""},
		{"strings", "Builder.WriteString", allowed, ""},
		{"time", "Time.Add", allowed, ""},
		{"time", "Time.Local", forbidden, timeZone},
		{"time", "Now", durable, ""},
		{"time", "Whatever", forbidden, unknownStd},
		{"maps", "Keys", durable, mapOrder},
		{"sync", "Mutex.Lock", durable, syncObjects},
		{"sync", "Pool.Get", forbidden, syncObjects},
		{"runtime", "Gosched", durable, ""},
		{"runtime", "NumCPU", forbidden, machine},
		{"os", "Getenv", forbidden, environment},
		{"os", "ErrNotExist", allowed, ""},
		{"os", "ReadFile", forbidden, inputOutput},
		{"os/exec", "Command", forbidden, inputOutput},
		{"net/http/httptest", "NewServer", forbidden, inputOutput},
		{"crypto/rsa", "GenerateKey", forbidden, entropy},
		{"go/ast", "Walk", forbidden, unknownStd},
		{"github.com/google/uuid", "UUID.String", allowed, ""},
		{"github.com/google/uuid", "NewV7", durable, ""},
		{"github.com/google/uuid", "NewUUID", forbidden, entropy},
		{"github.com/pawlhq/pawl", "Client.Cancel", forbidden, inputOutput},
		{"github.com/pawlhq/pawl/runtime/abi", "Now", forbidden, inputOutput},
		{"example.org/third", "F", forbidden, unknownModule},
	} {
		e := lookup(c.pkg, c.name)
		if e.verdict != c.verdict || e.rule != c.rule {
			t.Errorf("%s.%s: %v %q, want %v %q", c.pkg, c.name, e.verdict, e.rule, c.verdict, c.rule)
		}
		if e.verdict == forbidden && (e.why == "" || e.cure == "") {
			t.Errorf("%s.%s is forbidden without a reason or a cure", c.pkg, c.name)
		}
	}
}

// TestRules proves that the catalogue is complete and that each rule has a case that breaks it.
func TestRules(t *testing.T) {
	cases := allCases(t)
	seen := map[string]bool{}
	for _, r := range Rules {
		if seen[r.ID] || r.Title == "" || strings.TrimSpace(r.Doc) == "" {
			t.Errorf("%s stands twice or says nothing", r.ID)
		}
		seen[r.ID] = true
		if !strings.Contains(cases, "["+r.ID+"]") {
			t.Errorf("no case breaks %s (%s)", r.ID, r.Title)
		}
	}
	for path, rows := range stdlib {
		for _, row := range rows {
			if row.rule != "" && !seen[row.rule] {
				t.Errorf("%s: the table names rule %s, which is not in the catalogue", path, row.rule)
			}
		}
	}
}

func allCases(t *testing.T) string {
	var all strings.Builder
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".txtar") {
			data, err := os.ReadFile("testdata/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			all.Write(data)
		}
	}
	return all.String()
}
