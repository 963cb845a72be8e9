package stdlib

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/internal/goldentest"
)

const abiPath = importpath.Pawl + "/runtime/abi"

// TestNamesExist resolves every name of the table with the toolchain in use, so that none is misspelt. The generators of
// ids share rows, and are not all in the module's dependencies: their names are not resolved.
func TestNamesExist(t *testing.T) {
	imports := importPackages(t)
	for _, path := range resolvable() {
		pkg := imports(path)
		for _, r := range table[path] {
			for _, name := range strings.Fields(r.names) {
				obj, ok := find(pkg, name)
				_, isType := obj.(*types.TypeName)
				_, isFunc := obj.(*types.Func)
				switch {
				case !ok:
					t.Errorf("%s has no %s", path, name)
				case obj == nil || r.fact == "verdict": // a pattern; or a name of any kind
				case r.fact == "immutable" && !isType:
					t.Errorf("%s.%s is not a type, but immutable is a fact about types", path, name)
				case r.fact != "immutable" && !isFunc:
					t.Errorf("%s.%s is not a function, but %s is a fact about functions", path, name, r.fact)
				}
			}
		}
	}
	for _, f := range treated {
		if _, ok := find(imports(f.path), f.name); !ok {
			t.Errorf("%s has no %s", f.path, f.name)
		}
	}
}

// TestCounterpartsExist proves that package abi has the counterpart of every durable name.
func TestCounterpartsExist(t *testing.T) {
	abi := importPackages(t)(abiPath)
	for path, rows := range table {
		for _, r := range rows {
			for _, name := range strings.Fields(r.names) {
				s := Lookup(path, name)
				if r.fact != "verdict" || s.Verdict != Durable {
					continue
				}
				c := s.Counterpart
				fn, _ := abi.Scope().Lookup(c.Name + c.Owner).(*types.Func)
				if fn == nil && c.Generic {
					fn, _ = abi.Scope().Lookup(c.Name + "Err").(*types.Func)
				}
				switch {
				case fn == nil:
					t.Errorf("the counterpart of %s.%s is %v, which package abi doesn't have", path, name, c)
				case c.Generic && fn.Signature().TypeParams().Len() != 1:
					t.Errorf("the counterpart of %s.%s is %v, but abi.%s has %d type parameters", path, name, c, fn.Name(), fn.Signature().TypeParams().Len())
				case c.Owner != "":
					result := fn.Signature().Results().At(0).Type()
					if m, _, _ := types.LookupFieldOrMethod(result, true, abi, name); m == nil {
						t.Errorf("the counterpart of %s.%s is a method of what abi.%s returns, which doesn't have it", path, name, c.Owner)
					}
				}
			}
		}
	}
}

// TestFactsAreStatedOnce proves that no two rows state the same fact about a name.
func TestFactsAreStatedOnce(t *testing.T) {
	for path, byName := range index {
		for name, rows := range byName {
			seen := map[string]bool{}
			for _, r := range rows {
				if seen[r.fact] {
					t.Errorf("two rows state %s of %s.%s", r.fact, path, name)
				}
				seen[r.fact] = true
			}
		}
	}
}

// TestUncovered compares the exported functions of the packages with allowed names that no row covers with a list. They
// are forbidden. A new version of Go adds some: read what they do, give them a row or not, and write the list with
// -update.
func TestUncovered(t *testing.T) {
	imports := importPackages(t)
	var list bytes.Buffer
	for _, path := range resolvable() {
		if !importpath.IsStd(path) || !slices.ContainsFunc(table[path], func(r row) bool { return allows(path, r) }) {
			continue
		}
		for _, name := range functions(imports(path)) {
			if !covered(path, name) {
				fmt.Fprintf(&list, "%s.%s\n", path, name)
			}
		}
	}
	goldentest.File(t, "testdata/uncovered.txt", list.Bytes())
}

func allows(path string, r row) bool {
	first, _, _ := strings.Cut(r.names, " ")
	return r.fact == "verdict" && Lookup(path, first).Verdict != Forbidden
}

// covered reports whether a row has a verdict for a name.
func covered(path, name string) bool {
	typ, _, _ := strings.Cut(name, ".")
	for _, pattern := range []string{name, typ + ".*", "*"} {
		if slices.ContainsFunc(index[path][pattern], func(r row) bool { return r.fact == "verdict" }) {
			return true
		}
	}
	return false
}

// functions are the exported functions of a package, and the exported methods of its exported types, sorted.
func functions(pkg *types.Package) (names []string) {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			names = append(names, name)
		case *types.TypeName:
			for m := range types.NewMethodSet(receiver(obj.Type())).Methods() {
				if m.Obj().Exported() {
					names = append(names, name+"."+m.Obj().Name())
				}
			}
		}
	}
	return names
}

// receiver is the type with the most methods: that of pointers, unless t is an interface.
func receiver(t types.Type) types.Type {
	if types.IsInterface(t) {
		return t
	}
	return types.NewPointer(t)
}

// resolvable are the packages of the table that can be imported here, sorted.
func resolvable() (paths []string) {
	for _, path := range slices.Sorted(maps.Keys(table)) {
		special := path == "unsafe" || path == "C" || path == "syscall/js"
		if importpath.IsStd(path) && !special || path == importpath.Pawl || strings.HasPrefix(path, "golang.org/x/sync/") {
			paths = append(paths, path)
		}
	}
	return paths
}

// importPackages returns a function that imports the resolvable packages and package abi from export data, which one call of
// the go command locates.
func importPackages(t *testing.T) func(path string) *types.Package {
	t.Helper()
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", abiPath}, resolvable()...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, line := range strings.Fields(string(out)) {
		path, file, _ := strings.Cut(line, "=")
		files[path] = file
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	return func(path string) *types.Package {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return pkg
	}
}

// find resolves a name of the table. It returns no object for patterns.
func find(pkg *types.Package, name string) (types.Object, bool) {
	if name == "*" {
		return nil, true
	}
	typ, method, isMethod := strings.Cut(name, ".")
	obj := pkg.Scope().Lookup(typ)
	if !isMethod || obj == nil {
		return obj, obj != nil
	}
	tn, ok := obj.(*types.TypeName)
	if method == "*" || !ok {
		return nil, ok
	}
	found, _, _ := types.LookupFieldOrMethod(receiver(tn.Type()), true, pkg, method)
	fn, ok := found.(*types.Func)
	return fn, ok
}
