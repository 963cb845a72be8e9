// Package sources finds out which of the author's sources generated code depends on, and fingerprints them: a worker
// refuses to start if they changed since.
package sources

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// Index knows where everything in a program is declared, and what replay depends on.
type Index struct {
	prog  *gosrc.Program
	res   *check.Result
	sites map[types.Object]site
	sums  map[*gosrc.File]map[string]string // fingerprints of all that is declared
	whole map[types.Object]bool             // replay depends on their whole text
}

// site is where a function, type, constant or package variable of the module is declared.
type site struct {
	pkg  *gosrc.Package
	file *gosrc.File
	decl ast.Node
	key  string // names the fingerprint of its whole text
	some bool   // only some builds compile it
}

// NewIndex indexes everything that the author's files declare, with its fingerprints.
func NewIndex(prog *gosrc.Program, res *check.Result) (*Index, error) {
	x := &Index{prog: prog, res: res, sites: map[types.Object]site{}, sums: map[*gosrc.File]map[string]string{}}
	for _, pkg := range prog.Packages {
		for _, file := range pkg.Files {
			sums, err := annotations.Fingerprints(file.Source)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file.Path, err)
			}
			x.sums[file] = sums
			x.index(pkg, file)
		}
	}
	x.whole = x.deterministic()
	return x, nil
}

// index finds what a file declares.
func (x *Index) index(pkg *gosrc.Package, file *gosrc.File) {
	enter := func(name *ast.Ident, decl ast.Node, key string) {
		if obj := pkg.Info.Defs[name]; obj != nil {
			x.sites[obj] = site{pkg, file, decl, key, file.Condition() != ""}
		}
	}
	for _, decl := range file.Syntax.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			enter(decl.Name, decl, funcName(decl)+"{}")
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				for _, name := range gosrc.DeclaredNames(spec) {
					enter(name, spec, declName(decl.Tok, name.Name))
				}
			}
		}
	}
}

// Mentioned returns the objects that annotated and lowered functions of a package use.
func (x *Index) Mentioned(pkg *gosrc.Package) map[types.Object]bool {
	used := map[types.Object]bool{}
	for obj, site := range x.sites {
		fn, ok := obj.(*types.Func)
		if !ok || site.pkg != pkg || x.prog.Annotation(fn) == nil && !x.res.Lowered[fn] {
			continue
		}
		ast.Inspect(site.decl, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[pkg.Info.Uses[id]] = true
			}
			return true
		})
	}
	return used
}

// Sources returns the package's files with the fingerprints of everything that its generated code or a replay depends on:
// the signatures of activities and steps, and the whole text of all other functions that workflow code reaches and of the
// types, constants and variables that these mention. Guarded are the files that only some builds compile.
func (x *Index) Sources(pkg *gosrc.Package) (all, guarded []ir.Source) {
	keys := x.sourceKeys(pkg)
	for _, file := range pkg.Files {
		sums := map[string]string{}
		for _, key := range keys[file] {
			sums[key] = x.sums[file][key]
		}
		switch source := (ir.Source{File: file.Base(), Condition: file.Condition(), Sums: sums}); {
		case len(sums) == 0:
		case source.Condition == "":
			all = append(all, source)
		default:
			guarded = append(guarded, source)
		}
	}
	return all, guarded
}

func (x *Index) sourceKeys(pkg *gosrc.Package) map[*gosrc.File][]string {
	keys := map[*gosrc.File][]string{}
	for _, f := range pkg.Annotated {
		switch {
		case f.Iface != nil:
			keys[f.File] = append(keys[f.File], f.Iface.Obj().Name()+"."+f.Obj.Name())
		case f.Kind != annotations.Workflow:
			keys[f.File] = append(keys[f.File], funcName(f.Decl))
		}
	}
	for obj := range x.whole {
		if site := x.sites[obj]; site.pkg == pkg {
			keys[site.file] = append(keys[site.file], site.key)
		}
	}
	return keys
}

// deterministic returns the objects of the module that replay depends on: the lowered functions, the inputs and results of
// activities and steps, and what all of these mention, directly or not, or may call through an interface.
func (x *Index) deterministic() map[types.Object]bool {
	reached := map[types.Object]bool{}
	for fn := range x.res.Lowered {
		x.reach(fn.Origin(), reached)
	}
	for _, pkg := range x.prog.Packages {
		for _, f := range pkg.Annotated {
			if f.Iface != nil {
				x.reach(f.Iface.Obj(), reached)
			} else {
				x.reach(f.Obj, reached)
			}
		}
	}
	return reached
}

// reach adds an object and what it mentions or may call. An activity or step adds only what its signature mentions; the
// type that has them adds nothing, since only workers see its fields. A file that only some builds compile adds only
// objects of other such files: what it uses must not change generated files that all builds share.
func (x *Index) reach(obj types.Object, reached map[types.Object]bool) {
	from, ours := x.sites[obj]
	if !ours || reached[obj] || x.receives(obj) {
		return
	}
	fn, _ := obj.(*types.Func)
	text := from.decl
	if f := x.prog.Annotation(fn); f != nil && f.Kind != annotations.Workflow {
		text = from.decl.(*ast.FuncDecl).Type
	} else {
		reached[obj] = true
	}
	follow := func(to types.Object) {
		if !from.some || x.sites[to].some {
			x.reach(to, reached)
		}
	}
	for _, to := range x.res.MayCall[fn] {
		follow(to.Origin())
	}
	ast.Inspect(text, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			follow(origin(from.pkg.Info.Uses[id]))
		}
		return true
	})
}

// origin returns the generic function that obj is an instance of, and otherwise obj.
func origin(obj types.Object) types.Object {
	if fn, ok := obj.(*types.Func); ok {
		return fn.Origin()
	}
	return obj
}

// receives reports whether obj is a type that has activities but no workflows.
func (x *Index) receives(obj types.Object) (activities bool) {
	t, ok := obj.Type().(*types.Named)
	if _, isType := obj.(*types.TypeName); !ok || !isType {
		return false
	}
	for m := range t.Methods() {
		if f := x.prog.Annotation(m); f != nil && f.Kind == annotations.Workflow {
			return false
		} else if f != nil {
			activities = true
		}
	}
	return activities
}

// Version returns a version of a workflow, by its registered name, that changes with the code that it reaches in the
// module and with the generator. Code that only some builds compile does not count: a version is the same on every
// system.
func (x *Index) Version(workflow, generator string) string {
	reached := map[types.Object]bool{}
	for _, pkg := range x.prog.Packages {
		for _, f := range pkg.Annotated {
			if f.Kind == annotations.Workflow && f.Registered() == workflow {
				for _, fn := range append(x.res.Reached[f.Obj], f.Obj) {
					x.reach(fn.Origin(), reached)
				}
			}
		}
	}
	lines := []string{"generator " + generator}
	for obj := range reached {
		if site := x.sites[obj]; !site.some {
			lines = append(lines, site.pkg.Path+" "+site.key+" "+x.sums[site.file][site.key])
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:6])
}

// funcName returns the name of a function as fingerprints use it: Checkout, Flow.Deliver, (*Payments).Refund.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	star, pointer := t.(*ast.StarExpr)
	if pointer {
		t = star.X
	}
	switch generic := t.(type) {
	case *ast.IndexExpr:
		t = generic.X
	case *ast.IndexListExpr:
		t = generic.X
	}
	id, ok := t.(*ast.Ident)
	switch {
	case !ok:
		return d.Name.Name
	case pointer:
		return "(*" + id.Name + ")." + d.Name.Name
	}
	return id.Name + "." + d.Name.Name
}

// declName returns the name of what a declaration with a keyword declares, as fingerprints use it: type Order, const limit.
func declName(keyword token.Token, name string) string { return keyword.String() + " " + name }
