package pawl_test

// The house keeps its shape: who may import whom, that its heart is pure, and that everything exported is explained.
// ARCHITECTURE.md has the picture.

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

// floors holds the packages from the ground up. A package imports only what lies on floors below its own. x/... stands
// for x and what lies in it.
var floors = [][]string{
	{"gen/internal/gotypes", "gen/internal/importpath", "internal/runtime/list", "internal/goldentest", "internal/testmod"},
	{"annotations", "gen/internal/imports", "gen/internal/ir", "gen/diag", "internal/runtime/backoff", "internal/runtime/history", "internal/runtime/sched", "internal/runtime/stack", "internal/runtime/store"},
	{"gen/internal/emit", "gen/internal/gosrc", "gen/internal/stdlib", "runtime/codec", "internal/runtime/replay", "internal/runtime/store/memstore", "internal/runtime/store/natsstore", "internal/runtime/store/storetest"},
	{"gen/internal/check", "gen/internal/checktest", "runtime/abi", "internal/runtime/journal", "runtime/embed"},
	{"gen/internal/lower", "internal/runtime/client", "internal/runtime/worker"},
	{"gen", ".", "internal/runtime/show"},
	{"internal/bench", "internal/knots", "gen/vet/...", "pawltest/..."},
	{"cmd/...", "examples/...", "golden/...", "internal/chaos/..."},
}

// owners lists who may import what is not ours; (test) means tests only.
var owners = map[string][]string{
	"github.com/nats-io/nats.go":             {"internal/runtime/store/natsstore", ".", "internal/bench", "cmd/..."}, // the last three for its options, or to measure it
	"github.com/nats-io/nats-server/v2":      {"runtime/embed"},
	"golang.org/x/tools/go/packages":         {"gen/internal/gosrc"},
	"github.com/dave/jennifer":               {"gen/internal/emit"},
	"github.com/bufbuild/protocompile":       {"internal/runtime/history (test)"},
	"google.golang.org/protobuf":             {"internal/runtime/history (test)"},
	"github.com/spf13/cobra":                 {"cmd/..."},
	"golang.org/x/tools/txtar":               {"gen/...", "golden/...", "cmd/pawlvet", "internal/goldentest", "internal/testmod"},
	"github.com/rogpeppe/go-internal":        {"gen", "cmd/...", "internal/goldentest"},
	"golang.org/x/tools/go/callgraph":        {"gen/internal/check"},
	"golang.org/x/tools/go/ssa":              {"gen/internal/check"},
	"golang.org/x/tools/go/types/objectpath": {"gen/..."},
	"golang.org/x/tools/go/analysis":         {"gen/vet/...", "cmd/pawlvet"},
	"github.com/golangci":                    {"gen/vet/golangci"},
	"golang.org/x/sync":                      {"gen/...", "internal/runtime/store/natsstore", "internal/bench", "golden/..."},
	"github.com/google/uuid":                 {"golden/..."},
	"golang.org/x/sys":                       {"runtime/embed"},
	"go.uber.org/goleak":                     {"runtime/... (test)", "internal/runtime/... (test)", "pawltest/... (test)"},
}

// inWorkers lists the modules that a program with a worker may be linked with, the standard library and us apart.
var inWorkers = []string{
	"github.com/nats-io/nats.go", // and what it needs:
	"github.com/nats-io/nkeys", "github.com/nats-io/nuid", "github.com/klauspost/compress",
	"golang.org/x/crypto", "golang.org/x/sync", "golang.org/x/sys",
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Dir, Doc               string
	Standard                           bool
	Module                             *struct{ Path string }
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

// name is the package as the tables above have it.
func (p *pkg) name() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

func (p *pkg) ours() bool { return p.Module != nil && p.Module.Path == module }

// house is every package of this module and every one that they need, by import path.
var house = sync.OnceValues(func() (map[string]*pkg, error) {
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

// rooms calls visit with every package of this module.
func rooms(t *testing.T, visit func(all map[string]*pkg, p *pkg)) {
	all, err := house()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, p := range all {
		if p.ours() {
			visit(all, p)
		}
	}
}

func TestImportsRunDownward(t *testing.T) {
	rooms(t, func(all map[string]*pkg, p *pkg) {
		floor := floorOf(p.name())
		if floor < 0 {
			t.Errorf("package %s has no floor: add it to layers_test.go, above what it imports", p.name())
		}
		for _, path := range p.Imports {
			q := all[path]
			if q == nil || !q.ours() || inOneFolder(p.name(), q.name()) {
				continue
			}
			if floorOf(q.name()) >= floor {
				t.Errorf("package %s imports %s, which is not below it", p.name(), q.name())
			}
		}
	})
}

func floorOf(name string) int {
	return slices.IndexFunc(floors, func(floor []string) bool { return listed(floor, name) })
}

// inOneFolder reports whether two packages fall under one entry of floors: a folder keeps its own order.
func inOneFolder(a, b string) bool {
	return slices.ContainsFunc(slices.Concat(floors...), func(entry string) bool {
		return listed([]string{entry}, a) && listed([]string{entry}, b)
	})
}

func TestCompilerAndEngineDoNotKnowEachOther(t *testing.T) {
	rooms(t, func(_ map[string]*pkg, p *pkg) {
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
				t.Errorf("package %s needs %s", p.name(), path)
			}
		}
	})
}

func TestForeignPackagesHaveOneOwner(t *testing.T) {
	rooms(t, func(_ map[string]*pkg, p *pkg) {
		for _, path := range p.Imports {
			checkOwner(t, p.name(), path)
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			checkOwner(t, p.name()+" (test)", path)
		}
	})
}

// checkOwner fails unless a package may import a foreign one. What a package may import, so may its tests.
func checkOwner(t *testing.T, who, path string) {
	host, _, _ := strings.Cut(path, "/")
	standard := !strings.Contains(host, ".")
	if standard || path == module || strings.HasPrefix(path, module+"/") {
		return
	}
	for prefix, allowed := range owners {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			if !listed(allowed, who) && !listed(allowed, strings.TrimSuffix(who, " (test)")) {
				t.Errorf("package %s imports %s, which belongs to %v", who, path, allowed)
			}
			return
		}
	}
	t.Errorf("package %s imports %s, which has no owner: is it needed? then name its owner in layers_test.go", who, path)
}

func TestWorkersAreLinkedWithLittle(t *testing.T) {
	rooms(t, func(all map[string]*pkg, p *pkg) {
		if p.name() != "." && p.name() != "internal/runtime/show" { // these need all others that a worker's program does
			return
		}
		for _, path := range p.Deps {
			q := all[path]
			if !q.Standard && !q.ours() && !slices.Contains(inWorkers, q.Module.Path) {
				t.Errorf("package %s, and so every worker, needs %s of module %s", p.name(), path, q.Module.Path)
			}
		}
	})
}

// listed reports whether a table has a name, by itself or by a pattern: x/... stands for x and what lies in it.
func listed(table []string, name string) bool {
	return slices.ContainsFunc(table, func(entry string) bool {
		folder, suffix, isFolder := strings.Cut(entry, "/...")
		return name == entry || isFolder && strings.HasPrefix(name+"/", folder+"/") && strings.HasSuffix(name, suffix)
	})
}

// TestOthersCanInstallUs: go install and go get -tool refuse a module with replacements.
func TestOthersCanInstallUs(t *testing.T) {
	data, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("\nreplace ")) {
		t.Error("go.mod has a replace directive: require a released version instead")
	}
}

// implied are methods that everybody knows.
var implied = []string{"Error", "Unwrap", "String", "Is", "Write", "Read", "Close", "Len", "Less", "Swap", "Set", "Type"}

// pure is all that internal/runtime/replay may import besides us: it knows no clock, no network, no store and no host.
var pure = []string{
	"bytes", "cmp", "container/list", "context", "crypto/sha256", "encoding/binary", "errors", "fmt", "math/rand", "math/rand/v2",
	"slices", "strings", "time", "unsafe",
}

// effects are the functions of those packages that ask the host for something, or wait for it.
var effects = []string{
	"time.After", "time.AfterFunc", "time.LoadLocation", "time.Local", "time.NewTicker", "time.NewTimer", "time.Now", "time.Since",
	"time.Sleep", "time.Tick", "time.Until", "context.WithDeadline", "context.WithTimeout", "fmt.Print", "fmt.Printf", "fmt.Println",
}

func TestTheHeartIsPure(t *testing.T) {
	rooms(t, func(all map[string]*pkg, p *pkg) {
		if p.name() != "internal/runtime/replay" {
			return
		}
		for _, path := range p.Imports {
			if !all[path].ours() && !slices.Contains(pure, path) {
				t.Errorf("package %s imports %s: what only a host can tell is an event, or handed to it", p.name(), path)
			}
		}
		for _, f := range parse(t, p) {
			ast.Inspect(f, func(x ast.Node) bool {
				if sel, ok := x.(*ast.SelectorExpr); ok {
					if id, ok := sel.X.(*ast.Ident); ok && slices.Contains(effects, id.Name+"."+sel.Sel.Name) {
						t.Errorf("package %s uses %s.%s: what only a host can tell is an event, or handed to it", p.name(), id.Name, sel.Sel.Name)
					}
				}
				return true
			})
		}
	})
}

// fset has the positions of all that parse has parsed.
var fset = token.NewFileSet()

// parse gives the files of a package, tests apart.
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

func TestEverythingExportedIsExplained(t *testing.T) {
	rooms(t, func(_ map[string]*pkg, p *pkg) {
		if p.Doc == "" && len(p.GoFiles) > 0 { // a folder of tests has none
			t.Errorf("package %s has no package comment", p.name())
		}
		if floorOf(p.name()) == len(floors)-1 {
			return // programs
		}
		d, err := doc.NewFromFiles(fset, parse(t, p), p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range unexplained(d) {
			t.Errorf("package %s: %s has no doc comment", p.name(), name)
		}
	})
}

// unexplained lists the exported names of a package that have no comment, neither of their own nor of their group.
func unexplained(d *doc.Package) (names []string) {
	values := slices.Concat(d.Consts, d.Vars)
	funcs := d.Funcs
	for _, typ := range d.Types {
		if typ.Doc == "" {
			names = append(names, typ.Name)
		}
		values = slices.Concat(values, typ.Consts, typ.Vars)
		funcs = slices.Concat(funcs, typ.Funcs)
		for _, m := range typ.Methods {
			if m.Doc == "" && !slices.Contains(implied, m.Name) {
				names = append(names, typ.Name+"."+m.Name)
			}
		}
	}
	for _, v := range values {
		if v.Doc == "" && !eachExplained(v.Decl) {
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

// eachExplained reports whether every exported name of a group has a comment, before it or behind it.
func eachExplained(group *ast.GenDecl) bool {
	for _, spec := range group.Specs {
		v := spec.(*ast.ValueSpec)
		exported := slices.ContainsFunc(v.Names, func(n *ast.Ident) bool { return n.IsExported() })
		if exported && v.Doc == nil && v.Comment == nil {
			return false
		}
	}
	return true
}
