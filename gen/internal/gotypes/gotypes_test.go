package gotypes

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

// source declares what the tests ask about.
const source = `package p

type (
	Named   struct{ Next *Named }
	Alias   = Named
	Pair[K comparable, V any] struct { Key K; Value V }
	Getter  interface { Get(Named) int }
	Of[T any] interface { Get(T) int }
	hidden  struct{}
	Ints    interface { ~int | ~int64 }
	Same    interface { []string | Strings }
	Strings []string
	Chans   interface { chan int | <-chan int }
	Failure struct{}
)

func (Named) Value()    {}
func (*Named) Pointer() {}
func (*Failure) Error() string { return "" }

func Generic[T any, I Ints, S Same, C Chans](t T, i I, s S, c C, m map[string]T) {}

func Variadic(first int, rest ...string) {}

var (
	global   *Named
	alias    Alias
	pair     *Pair[string, Named]
	failure  Failure
	secret   map[string]hidden
	text     [2]string
	pointers [2]*Named
	record   struct{ A int; B string }
	pinned   struct{ A int; B *int }
)

func calls(g Getter, f func()) {
	global.Pointer()
	(global.Value)()
	f()
	_ = g.Get
	_ = Variadic
	Generic[int, int, []string, chan int](1, 2, nil, nil, nil)
	_ = len("")
	_ = int64(1)
	g.Get(alias)
}
`

// load type-checks source.
func load(t *testing.T) (*types.Package, *types.Info, *ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	pkg, err := new(types.Config).Check("example.com/p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, info, f
}

func typeOf(pkg *types.Package, name string) types.Type { return pkg.Scope().Lookup(name).Type() }

// param is the type of the i-th parameter of function Generic.
func param(pkg *types.Package, i int) types.Type {
	return pkg.Scope().Lookup("Generic").(*types.Func).Signature().Params().At(i).Type()
}

func TestNamedAndOrigin(t *testing.T) {
	pkg, _, _ := load(t)
	pair := typeOf(pkg, "Pair").(*types.Named)
	if got := Origin(typeOf(pkg, "pair")); got != pair {
		t.Errorf("Origin(*Pair[string, Named]) = %v, want %v", got, pair)
	}
	if got := Named(typeOf(pkg, "pair")); got == pair || got.Origin() != pair {
		t.Errorf("Named(*Pair[string, Named]) = %v, want the instance", got)
	}
	if got := Origin(typeOf(pkg, "alias")); got != typeOf(pkg, "Named") {
		t.Errorf("Origin of an alias = %v, want Named", got)
	}
	if Named(typeOf(pkg, "secret")) != nil || Origin(typeOf(pkg, "secret")) != nil {
		t.Error("a map type has a name")
	}
}

func TestErrors(t *testing.T) {
	pkg, _, _ := load(t)
	failure := typeOf(pkg, "Failure")
	if ImplementsError(failure) || !ImplementsError(types.NewPointer(failure)) {
		t.Error("want only *Failure to be an error")
	}
	if !IsError(ErrorType) || IsError(failure) {
		t.Error("want only the predeclared type to be error")
	}
}

func TestOrdered(t *testing.T) {
	pkg, _, _ := load(t)
	for name, want := range map[string]bool{"text": true, "record": true, "pointers": false, "pinned": false, "Getter": false} {
		if got := Ordered(typeOf(pkg, name)); got != want {
			t.Errorf("Ordered(%s) = %t, want %t", name, got, want)
		}
	}
	if Ordered(param(pkg, 0)) || !Ordered(param(pkg, 1)) {
		t.Error("want a type parameter to be ordered only if all types it stands for are")
	}
}

func TestTypeParameters(t *testing.T) {
	pkg, _, _ := load(t)
	if got := CoreType(param(pkg, 0)); got != nil {
		t.Errorf("CoreType of any = %v, want nil", got)
	}
	if got := CoreType(param(pkg, 1)); got != nil {
		t.Errorf("CoreType of ~int | ~int64 = %v, want nil", got)
	}
	if got := CoreType(param(pkg, 2)); got == nil || got.String() != "[]string" {
		t.Errorf("CoreType of []string | Strings = %v, want []string", got)
	}
	if ChanType(param(pkg, 3)) == nil || ChanType(param(pkg, 2)) != nil {
		t.Error("want only the fourth parameter to be a channel")
	}
	for i := range 5 {
		if !Parametric(param(pkg, i)) {
			t.Errorf("Parametric(%v) = false, want true", param(pkg, i))
		}
	}
	if Parametric(typeOf(pkg, "pair")) || Parametric(typeOf(pkg, "Getter")) {
		t.Error("want types without type parameters not to be parametric")
	}
	if !IsGeneric(typeOf(pkg, "Pair")) || IsGeneric(typeOf(pkg, "Named")) {
		t.Error("want only Pair to be generic")
	}
	if !ParametricMethods(typeOf(pkg, "Of").Underlying().(*types.Interface)) || ParametricMethods(typeOf(pkg, "Getter").Underlying().(*types.Interface)) {
		t.Error("want only the methods of Of to be parametric")
	}
}

func TestUnspellable(t *testing.T) {
	pkg, _, _ := load(t)
	other := types.NewPackage("example.com/other", "other")
	if got := Unspellable(typeOf(pkg, "secret"), pkg); got != nil {
		t.Errorf("its own package cannot write %v", got)
	}
	if got := Unspellable(typeOf(pkg, "secret"), other); got != typeOf(pkg, "hidden") {
		t.Errorf("Unspellable(map[string]hidden) = %v, want hidden", got)
	}
	if got := Unspellable(typeOf(pkg, "pair"), other); got != nil {
		t.Errorf("Unspellable(*Pair[string, Named]) = %v, want nil", got)
	}
}

func TestCanImport(t *testing.T) {
	for _, test := range []struct {
		pkg, path string
		want      bool
	}{
		{"a/b", "a/c", true},
		{"a/b", "a/internal/c", true},
		{"a", "a/internal", true},
		{"b", "a/internal/c", false},
		{"a/b", "a/b/internal/c/internal/d", false},
		{"a/b/internal/c/x", "a/b/internal/c/internal/d", true},
		{"ab", "a/internals", true},
	} {
		if got := canImport(test.pkg, test.path); got != test.want {
			t.Errorf("canImport(%q, %q) = %t, want %t", test.pkg, test.path, got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	pkg, _, _ := load(t)
	other := types.NewPackage("example.com/other", "other")
	pointer := LookupMethod(typeOf(pkg, "Named"), pkg, "Pointer")
	if pointer == nil || Receiver(pointer) != typeOf(pkg, "Named") || IsInterfaceMethod(pointer) {
		t.Fatalf("LookupMethod(Named, Pointer) = %v", pointer)
	}
	if get := LookupMethod(typeOf(pkg, "Getter"), pkg, "Get"); get != nil {
		t.Errorf("a pointer to an interface has method %v", get)
	}
	if get, _, _ := types.LookupFieldOrMethod(typeOf(pkg, "Getter"), false, pkg, "Get"); !IsInterfaceMethod(get.(*types.Func)) {
		t.Error("Getter.Get is not an interface's method")
	}
	if got := NameIn(pkg, pointer); got != "Named.Pointer" {
		t.Errorf("NameIn(p, Named.Pointer) = %q", got)
	}
	if got := NameIn(other, pointer); got != "p.Named.Pointer" {
		t.Errorf("NameIn(other, Named.Pointer) = %q", got)
	}
	if got := TypeName(other, typeOf(pkg, "global")); got != "p.Named" {
		t.Errorf("TypeName(other, *Named) = %q", got)
	}
	if got := TypeName(pkg, typeOf(pkg, "secret")); got != "map[string]hidden" {
		t.Errorf("TypeName(p, map[string]hidden) = %q", got)
	}
	if !IsPackageVar(pkg.Scope().Lookup("global").(*types.Var)) || IsPackageVar(pointer.Signature().Recv()) {
		t.Error("want only global to be a package variable")
	}
}

func TestParamType(t *testing.T) {
	pkg, _, _ := load(t)
	sig := pkg.Scope().Lookup("Variadic").(*types.Func).Signature()
	for i, want := range []types.Type{types.Typ[types.Int], types.Typ[types.String], types.Typ[types.String]} {
		if got := ParamType(sig, i); got != want {
			t.Errorf("ParamType(Variadic, %d) = %v, want %v", i, got, want)
		}
	}
	if got := ParamType(types.NewSignatureType(nil, nil, nil, nil, nil, false), 0); got != nil {
		t.Errorf("ParamType of no parameters = %v, want nil", got)
	}
}

// TestReferences visits every name of function calls, in the order of the source.
func TestReferences(t *testing.T) {
	_, info, file := load(t)
	called, callees := map[string]bool{}, []string{}
	ast.PreorderStack(file, nil, func(n ast.Node, stack []ast.Node) bool {
		fn, inside := Enclosing[*ast.FuncDecl](stack)
		if !inside || fn.Name.Name != "calls" {
			return true
		}
		switch n := n.(type) {
		case *ast.Ident:
			if _, ok := info.Uses[n].(*types.Func); ok {
				ref, call := Reference(append(stack, n))
				called[types.ExprString(ref)] = call != nil
			}
		case *ast.CallExpr:
			name := "nil"
			if f := Callee(info, n); f != nil {
				name = f.Name()
			}
			callees = append(callees, name)
		}
		return true
	})
	for ref, want := range map[string]bool{
		"global.Pointer": true, "(global.Value)": true, "Generic[int, int, []string, chan int]": true, "Variadic": false, "g.Get": true,
	} {
		if got, ok := called[ref]; !ok || got != want {
			t.Errorf("reference %s: called = %t, want %t (found: %v)", ref, got, want, called)
		}
	}
	want := []string{"Pointer", "Value", "nil", "Generic", "nil", "nil", "Get"}
	if !slices.Equal(callees, want) {
		t.Errorf("callees = %q, want %q", callees, want)
	}
}
