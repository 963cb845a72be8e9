// The structure of this module: which package may import which, what replay may depend on, and what must be documented.
// ARCHITECTURE.md shows the layers.

package pawl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/pawlhq/pawl"

// layers holds the packages from the lowest layer to the highest. A package imports only packages of lower layers. x/...
// stands for x and the packages in it.
var layers = [][]string{
	{"gen/internal/gotypes", "gen/internal/importpath", "internal/runtime/list", "internal/runtime/panics", "runtime/codec", "internal/goldentest", "internal/lowerall", "internal/testmod"},
	{"annotations", "gen/internal/imports", "gen/internal/ir", "gen/diag", "internal/runtime/backoff", "internal/runtime/history", "internal/runtime/sched", "internal/runtime/stack", "internal/runtime/store", "internal/runtime/tuning"},
	{"gen/internal/emit", "gen/internal/gosrc", "gen/internal/stdlib", "internal/runtime/failures", "internal/runtime/payloads", "internal/runtime/replay", "internal/runtime/store/memstore", "internal/runtime/store/natsstore", "internal/runtime/store/storetest"},
	{"gen/internal/describe"},
	{"gen/internal/checktest", "gen/internal/decls", "gen/internal/flow", "runtime/abi", "internal/runtime/incoming", "internal/runtime/journal", "runtime/embed"},
	{"gen/internal/alias", "gen/internal/callgraph", "gen/internal/printed", "gen/internal/writes"},
	{"gen/internal/check", "internal/runtime/client"},
	{"gen/internal/lower", "gen/internal/sources", "internal/runtime/worker/..."},
	{"internal/runtime/show"},
	{"gen", "."},
	{"internal/bench", "internal/knots", "gen/vet/...", "pawltest/..."},
	{"cmd/...", "examples/...", "golden/...", "internal/chaos/..."},
}

// owners lists which packages may import a package of another module. (test) means only their tests.
var owners = map[string][]string{
	"github.com/nats-io/nats.go":             {"internal/runtime/store/natsstore", ".", "internal/bench", "cmd/..."}, // the last three for its options
	"github.com/nats-io/nats-server/v2":      {"runtime/embed"},
	"golang.org/x/tools/go/packages":         {"gen/internal/gosrc"},
	"github.com/dave/jennifer":               {"gen/internal/emit"},
	"golang.org/x/tools/imports":             {"gen/internal/emit"},
	"github.com/bufbuild/protocompile":       {"internal/runtime/history (test)"},
	"google.golang.org/protobuf":             {"internal/runtime/history (test)"},
	"github.com/spf13/cobra":                 {"cmd/..."},
	"golang.org/x/tools/txtar":               {"gen/...", "golden/...", "cmd/pawlvet", "internal/goldentest", "internal/testmod"},
	"github.com/rogpeppe/go-internal":        {"gen", "cmd/...", "internal/goldentest", "pawltest"},
	"golang.org/x/tools/go/callgraph":        {"gen/internal/flow"},
	"golang.org/x/tools/go/ssa":              {"gen/internal/flow"},
	"golang.org/x/tools/go/types/objectpath": {"gen/..."},
	"golang.org/x/tools/go/analysis":         {"gen/vet/...", "cmd/pawlvet"},
	"github.com/golangci":                    {"gen/vet/golangci"},
	"golang.org/x/sync":                      {"gen/...", "internal/runtime/store/natsstore", "internal/bench", "golden/..."},
	"github.com/google/uuid":                 {"golden/..."},
	"github.com/gofrs/flock":                 {"runtime/embed"},
	"go.uber.org/goleak":                     {"runtime/... (test)", "internal/runtime/... (test)", "pawltest/... (test)"},
}

// inWorkers lists the modules, apart from this one, that a program with a worker may link.
var inWorkers = []string{
	"github.com/nats-io/nats.go", // and its dependencies:
	"github.com/nats-io/nkeys", "github.com/nats-io/nuid", "github.com/klauspost/compress",
	"golang.org/x/crypto", "golang.org/x/sync", "golang.org/x/sys",
}

// pkg is what go list prints about a package.
type pkg struct {
	ImportPath, Dir, Doc               string
	Standard                           bool
	Module                             *struct{ Path string }
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

// name returns the name of the package in the tables above.
func (p *pkg) name() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

func (p *pkg) ours() bool { return p.Module != nil && p.Module.Path == module }

// packages returns the packages of this module and their dependencies, by import path.
var packages = sync.OnceValues(func() (map[string]*pkg, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Doc,Standard,Module,GoFiles,Imports,TestImports,XTestImports,Deps", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(stderr.String()))
	}
	all := map[string]*pkg{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &pkg{}
		if err := dec.Decode(p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

// eachPackage calls visit with every package of this module.
func eachPackage(t *testing.T, visit func(all map[string]*pkg, p *pkg)) {
	all, err := packages()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, p := range all {
		if p.ours() {
			visit(all, p)
		}
	}
}

func TestPackagesImportLowerLayers(t *testing.T) {
	eachPackage(t, func(all map[string]*pkg, p *pkg) {
		layer := layerOf(p.name())
		if layer < 0 {
			t.Errorf("package %s has no layer: add it to layers_test.go, above the packages that it imports", p.name())
		}
		for _, path := range p.Imports {
			q := all[path]
			if q == nil || !q.ours() || inOneFolder(p.name(), q.name()) {
				continue
			}
			if layerOf(q.name()) >= layer {
				t.Errorf("package %s imports %s, which is not in a lower layer", p.name(), q.name())
			}
		}
	})
}

func layerOf(name string) int {
	return slices.IndexFunc(layers, func(layer []string) bool { return listed(layer, name) })
}

// inOneFolder reports whether two packages belong to one entry of layers. Packages of one folder may import each other.
func inOneFolder(a, b string) bool {
	return slices.ContainsFunc(slices.Concat(layers...), func(entry string) bool {
		return listed([]string{entry}, a) && listed([]string{entry}, b)
	})
}

func TestCompilerAndEngineDoNotImportEachOther(t *testing.T) {
	eachPackage(t, func(_ map[string]*pkg, p *pkg) {
		compiler, engine := []string{"gen/..."}, []string{"runtime/...", "internal/runtime/..."}
		var other []string
		switch {
		case listed(compiler, p.name()):
			other = engine
		case listed(engine, p.name()):
			other = compiler
		default:
			return
		}
		for _, path := range p.Deps {
			if ours, ok := strings.CutPrefix(path, module+"/"); ok && listed(other, ours) {
				t.Errorf("package %s depends on %s: the compiler and the engine must not depend on each other", p.name(), path)
			}
		}
	})
}

func TestDependenciesHaveOwners(t *testing.T) {
	eachPackage(t, func(_ map[string]*pkg, p *pkg) {
		for _, path := range p.Imports {
			checkOwner(t, p.name(), path)
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			checkOwner(t, p.name()+" (test)", path)
		}
	})
}

// checkOwner fails the test unless a package may import path. The tests of a package may import what the package may.
func checkOwner(t *testing.T, importer, path string) {
	host, _, _ := strings.Cut(path, "/")
	standard := !strings.Contains(host, ".")
	if standard || path == module || strings.HasPrefix(path, module+"/") {
		return
	}
	for prefix, allowed := range owners {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			if !listed(allowed, importer) && !listed(allowed, strings.TrimSuffix(importer, " (test)")) {
				t.Errorf("package %s imports %s, but only %v may", importer, path, allowed)
			}
			return
		}
	}
	t.Errorf("package %s imports %s, which has no owner: avoid it, or add its owner to layers_test.go", importer, path)
}

func TestWorkersLinkFewModules(t *testing.T) {
	eachPackage(t, func(all map[string]*pkg, p *pkg) {
		if p.name() != "." && p.name() != "internal/runtime/show" { // together these depend on all that a program with a worker does
			return
		}
		for _, path := range p.Deps {
			if p.name() == "." && (path == "go/parser" || path == "go/ast") {
				t.Errorf("package %s, and so every worker, needs %s: fingerprints work on tokens", p.name(), path)
			}
			q := all[path]
			if !q.Standard && !q.ours() && !slices.Contains(inWorkers, q.Module.Path) {
				t.Errorf("package %s, and with it every worker, depends on %s of module %s", p.name(), path, q.Module.Path)
			}
		}
	})
}

// listed reports whether a table contains a name, or a pattern for it: x/... stands for x and the packages in it.
func listed(table []string, name string) bool {
	return slices.ContainsFunc(table, func(entry string) bool {
		folder, suffix, isFolder := strings.Cut(entry, "/...")
		return name == entry || isFolder && strings.HasPrefix(name+"/", folder+"/") && strings.HasSuffix(name, suffix)
	})
}

// userPrograms are packages written as users write them.
var userPrograms = []string{"golden/accept/...", "golden/concurrent/..."}

// TestFilesOpenWithAComment requires that a file says what it is before anything else. In one file of a package that is
// the package comment; in the others a blank line follows, so that go doc does not take the comment for one.
func TestFilesOpenWithAComment(t *testing.T) {
	eachPackage(t, func(_ map[string]*pkg, p *pkg) {
		if listed(userPrograms, p.name()) {
			return
		}
		var missing, docs []string
		for _, f := range parse(t, p) {
			name := filepath.Base(fset.Position(f.Package).Filename)
			if f.Doc != nil && !ast.IsGenerated(f) {
				docs = append(docs, name)
			}
			if !opensWithComment(f) && !ast.IsGenerated(f) {
				missing = append(missing, name)
			}
		}
		if len(docs) > 1 {
			t.Errorf("package %s has package comments in %v: put a blank line after the opening comment of all files but one", p.name(), docs)
		}
		if len(missing) > 0 {
			t.Errorf("package %s: %v must begin with a comment that says what the file is", p.name(), missing)
		}
	})
}

// opensWithComment reports whether a file begins with a comment, build constraints aside.
func opensWithComment(f *ast.File) bool {
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			return false
		}
		if !strings.HasPrefix(group.List[0].Text, "//go:build") {
			return true
		}
	}
	return false
}

// TestNoReplaceDirectives: go install and go get -tool refuse a module with replace directives.
func TestNoReplaceDirectives(t *testing.T) {
	data, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("\nreplace ")) {
		t.Error("go.mod has a replace directive: require a released version instead")
	}
}

// wellKnown are methods that need no comment.
var wellKnown = []string{"Error", "Unwrap", "String", "Is", "Write", "Read", "Close", "Len", "Less", "Swap", "Set", "Type", "Push", "Pop"}

// replayImports are the packages of the standard library that internal/runtime/replay may import. Replay must not depend
// on a clock, a network, a store or a host.
var replayImports = []string{
	"bytes", "cmp", "container/heap", "container/list", "context", "crypto/sha256", "encoding/binary", "errors", "fmt", "math/rand", "math/rand/v2",
	"slices", "strings", "time", "unsafe",
}

// hostFuncs are the functions of those packages that depend on the host or wait for it.
var hostFuncs = []string{
	"time.After", "time.AfterFunc", "time.LoadLocation", "time.Local", "time.NewTicker", "time.NewTimer", "time.Now", "time.Since",
	"time.Sleep", "time.Tick", "time.Until", "context.WithDeadline", "context.WithTimeout", "fmt.Print", "fmt.Printf", "fmt.Println",
}

func TestReplayIsPure(t *testing.T) {
	eachPackage(t, func(all map[string]*pkg, p *pkg) {
		if p.name() != "internal/runtime/replay" {
			return
		}
		for _, path := range p.Imports {
			if !all[path].ours() && !slices.Contains(replayImports, path) {
				t.Errorf("package %s imports %s: pass what depends on the host as an event or an argument", p.name(), path)
			}
		}
		for _, f := range parse(t, p) {
			ast.Inspect(f, func(x ast.Node) bool {
				if sel, ok := x.(*ast.SelectorExpr); ok {
					if id, ok := sel.X.(*ast.Ident); ok && slices.Contains(hostFuncs, id.Name+"."+sel.Sel.Name) {
						t.Errorf("package %s uses %s.%s: pass what depends on the host as an event or an argument", p.name(), id.Name, sel.Sel.Name)
					}
				}
				return true
			})
		}
	})
}

// fset has the positions of the parsed files.
var fset = token.NewFileSet()

// parse returns the files of a package without its tests.
func parse(t *testing.T, p *pkg) (files []*ast.File) {
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func TestExportedNamesAreDocumented(t *testing.T) {
	eachPackage(t, func(_ map[string]*pkg, p *pkg) {
		if p.Doc == "" && len(p.GoFiles) > 0 { // a folder with only tests has none
			t.Errorf("package %s has no package comment", p.name())
		}
		if layerOf(p.name()) == len(layers)-1 {
			return // programs
		}
		d, err := doc.NewFromFiles(fset, parse(t, p), p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range undocumented(d) {
			t.Errorf("package %s: %s has no doc comment", p.name(), name)
		}
	})
}

// undocumented returns the exported names of a package that have no comment of their own or of their group.
func undocumented(d *doc.Package) (names []string) {
	values := slices.Concat(d.Consts, d.Vars)
	funcs := d.Funcs
	for _, typ := range d.Types {
		if typ.Doc == "" {
			names = append(names, typ.Name)
		}
		values = slices.Concat(values, typ.Consts, typ.Vars)
		funcs = slices.Concat(funcs, typ.Funcs)
		for _, m := range typ.Methods {
			if m.Doc == "" && !slices.Contains(wellKnown, m.Name) {
				names = append(names, typ.Name+"."+m.Name)
			}
		}
	}
	for _, v := range values {
		if v.Doc == "" && !eachDocumented(v.Decl) {
			names = append(names, strings.Join(v.Names, ", "))
		}
	}
	for _, f := range funcs {
		if f.Doc == "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// eachDocumented reports whether every exported name of a group has a comment before or after it.
func eachDocumented(group *ast.GenDecl) bool {
	for _, spec := range group.Specs {
		v := spec.(*ast.ValueSpec)
		exported := slices.ContainsFunc(v.Names, func(n *ast.Ident) bool { return n.IsExported() })
		if exported && v.Doc == nil && v.Comment == nil {
			return false
		}
	}
	return true
}
