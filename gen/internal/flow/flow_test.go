package flow_test

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// load loads a case of testdata as a program of one package.
func load(t *testing.T, name string) (*gosrc.Program, *gosrc.Package) {
	t.Helper()
	cases := slices.DeleteFunc(checktest.Cases(t, "testdata"), func(c checktest.Case) bool { return c.Name != name })
	prog, _ := checktest.Load(t, cases, nil)
	return prog, prog.Packages[0]
}

func build(prog *gosrc.Program, pkg *gosrc.Package) *flow.Program {
	return flow.New(prog.Fset, prog.Packages, map[*types.Package]*gosrc.Package{pkg.Types: pkg})
}

// reached are the functions and variables of a package, apart from a function named unreached.
func reached(pkg *gosrc.Package) (objs []types.Object) {
	for _, obj := range pkg.Info.Defs {
		switch obj := obj.(type) {
		case *types.Func:
			if obj.Name() != "unreached" {
				objs = append(objs, obj)
			}
		case *types.Var:
			if gotypes.IsPackageVar(obj) {
				objs = append(objs, obj)
			}
		}
	}
	return objs
}

// compare compares what find finds out about calls with the comments on their lines.
func compare(t *testing.T, prog *gosrc.Program, find func(call *ast.CallExpr, name string) (got []string, ok bool)) {
	t.Helper()
	wants := checktest.Wants(prog)
	for _, f := range prog.Packages[0].Files {
		ast.Inspect(f.Syntax, func(x ast.Node) bool {
			call, ok := x.(*ast.CallExpr)
			if !ok {
				return true
			}
			fn := gotypes.Callee(prog.Packages[0].Info, call)
			line := checktest.LineOf(prog, call.Pos())
			want, noted := wants[line]
			if fn == nil || !noted {
				return true
			}
			if got, ok := find(call, fn.Name()); ok {
				if text := strings.Join(slices.Compact(slices.Sorted(slices.Values(got))), " "); text != strings.TrimSpace(want) {
					t.Errorf("line %d: %s: got %q, want %q", line.Line, fn.Name(), text, want)
				}
				delete(wants, line)
			}
			return true
		})
	}
	for line := range wants {
		t.Errorf("line %d: no call was found for the comment", line.Line)
	}
}

func TestReceivers(t *testing.T) {
	for _, name := range []string{"receivers", "anything"} {
		t.Run(name, func(t *testing.T) {
			prog, pkg := load(t, name)
			r := flow.NewReceivers(build(prog, pkg), nil, nil)
			for _, obj := range reached(pkg) {
				r.Add(obj)
			}
			compare(t, prog, func(call *ast.CallExpr, name string) (got []string, ok bool) {
				return speakers(pkg, func(t types.Type) bool { return r.May(call.Lparen, t) }), name == "Speak"
			})
		})
	}
}

// speakers are the types of a package with a method Speak that pass a test.
func speakers(pkg *gosrc.Package, test func(types.Type) bool) (names []string) {
	scope := pkg.Types.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if ok && gotypes.LookupMethod(tn.Type(), pkg.Types, "Speak") != nil && test(tn.Type()) {
			names = append(names, name)
		}
	}
	return names
}

func TestEngineHasTypes(t *testing.T) {
	prog, pkg := load(t, "receivers")
	program := build(prog, pkg)
	fish := pkg.Types.Scope().Lookup("Fish").Type().(*types.Named)
	if flow.NewReceivers(program, nil, nil).May(1, fish) {
		t.Error("a type that nothing gets escapes")
	}
	if !flow.NewReceivers(program, []*types.Named{fish}, nil).May(1, fish) {
		t.Error("an error that activities return doesn't escape")
	}
	list := types.NewTuple(types.NewVar(0, pkg.Types, "in", types.NewSlice(fish)))
	takes := types.NewSignatureType(nil, nil, nil, list, nil, false)
	if !flow.NewReceivers(program, nil, []*types.Signature{takes}).May(1, fish) {
		t.Error("an element of an input of a workflow doesn't escape")
	}
	failure := types.NewTuple(types.NewVar(0, pkg.Types, "", gotypes.ErrorType))
	fails := types.NewSignatureType(nil, nil, nil, nil, failure, false)
	if flow.NewReceivers(program, nil, []*types.Signature{fails}).May(1, fish) {
		t.Error("the error result of an annotated function lets every type escape")
	}
}

func TestValues(t *testing.T) {
	for _, name := range []string{"values", "shared", "literals"} {
		t.Run(name, func(t *testing.T) {
			prog, pkg := load(t, name)
			values := flow.NewValues(build(prog, pkg), reached(pkg))
			compare(t, prog, func(call *ast.CallExpr, name string) (got []string, ok bool) {
				for _, c := range values.CallsAt(call.Lparen) {
					if callees := c.Callees(); len(callees) != 1 || callees[0].Name() != name {
						t.Errorf("the callees of a call of %s are %v", name, callees)
					}
					got = append(got, describe(c, name)...)
				}
				return got, strings.HasPrefix(name, "show")
			})
		})
	}
}

// describe is what is known about a call of one of the functions that begin with show.
func describe(c flow.Call, name string) (got []string) {
	for _, list := range c.Handed() {
		texts, known := list.Strings()
		switch {
		case name == "show":
			got = append(got, typeNames(list.Types(0))...)
		case name == "showAll":
			for i := range max(1, list.Len()) {
				got = append(got, typeNames(list.Types(i))...)
			}
		case !known:
			return []string{"?"}
		default:
			got = append(got, texts...)
		}
	}
	return got
}

func typeNames(ts []types.Type) []string {
	names := map[string]bool{}
	for _, t := range ts {
		names[types.TypeString(t, (*types.Package).Name)] = true
	}
	return slices.Collect(maps.Keys(names))
}
