package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file follows values: which types can be behind the interface of a call. Types are propagated through the bodies
// that are known from their source. What a body that is not there does to a value nobody sees: whatever goes in may
// come out anywhere.

// flow is what is known of the calls of a program.
type flow struct {
	prog   *gosrc.Program
	pkgs   map[*types.Package]*gosrc.Package
	sets   map[*types.Named]*types.MethodSet   // of types of these packages, other than interfaces
	having map[string][]*types.Named           // those types, by a method, as types.Func.Id has it
	errors []*types.Named                      // what activities may return as errors, from wherever they have it
	calls  map[token.Pos]map[*types.Named]bool // types of receivers, by the parenthesis of the call
	within map[ssa.CallInstruction]bool        // calls of bodies that are there, and of no others
	graph  *callgraph.Graph
	bodies map[any][]*ssa.Function // with literals and instances, by function; of initialisation, by package
}

// newFlow follows the values of all packages that are known from their source.
func newFlow(c *checker) *flow {
	f := &flow{
		prog: c.prog, pkgs: c.index.Packages, sets: map[*types.Named]*types.MethodSet{}, having: map[string][]*types.Named{}, errors: c.index.Errors, calls: map[token.Pos]map[*types.Named]bool{},
		within: map[ssa.CallInstruction]bool{}, bodies: map[any][]*ssa.Function{},
	}
	for _, pkg := range c.index.Packages {
		f.declared(pkg)
	}
	p := f.program()
	p.Build()
	f.follow(p)
	return f
}

// program creates all packages: those that are known from their source with bodies, the others without.
func (f *flow) program() *ssa.Program {
	p, created := ssa.NewProgram(f.prog.Fset, ssa.InstantiateGenerics), map[*types.Package]bool{}
	var create func(t *types.Package)
	create = func(t *types.Package) {
		if created[t] {
			return
		}
		created[t] = true
		for _, i := range t.Imports() {
			create(i)
		}
		var files []*ast.File
		var info *types.Info
		if pkg := f.pkgs[t]; pkg != nil {
			files, info = sources(f.prog.Fset, pkg)
		}
		p.CreatePackage(t, files, info, true)
	}
	for _, pkg := range f.prog.Packages {
		if pkg.Types != nil {
			create(pkg.Types)
		}
	}
	return p
}

// declared enters the types of a package.
func (f *flow) declared(pkg *gosrc.Package) {
	for _, obj := range pkg.Info.Defs {
		if tn, ok := obj.(*types.TypeName); ok && !tn.IsAlias() {
			if n, ok := tn.Type().(*types.Named); ok && !types.IsInterface(n) {
				f.enter(n)
			}
		}
	}
}

// enter enters a type by what its pointers can do.
func (f *flow) enter(n *types.Named) {
	methods := types.NewMethodSet(types.NewPointer(n))
	f.sets[n] = methods
	for m := range methods.Methods() {
		f.having[m.Obj().Id()] = append(f.having[m.Obj().Id()], n)
	}
}

// sources are the files of a package without C, and its stubs without what is in them and does not compile yet.
func sources(fset *token.FileSet, pkg *gosrc.Package) (files []*ast.File, info *types.Info) {
	for _, f := range pkg.Files {
		files = append(files, f.Syntax)
	}
	info = pkg.Info
	if importsC(pkg) {
		files, info = withoutC(files, info)
	}
	if pkg.Stub == nil {
		return files, info
	}
	stub, bare := fset.File(pkg.Stub.Pos()), *pkg.Stub
	bare.Decls = slices.Clone(bare.Decls)
	for i, d := range bare.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			bare.Decls[i] = external(fn)
		}
	}
	copied := *info
	copied.InitOrder = slices.DeleteFunc(slices.Clone(copied.InitOrder), func(i *types.Initializer) bool {
		return fset.File(i.Rhs.Pos()) == stub
	})
	return append(files, &bare), &copied
}

// follow enters every body and every call of the program.
func (f *flow) follow(p *ssa.Program) {
	fns := ssautil.AllFunctions(p)
	f.graph = vta.CallGraph(fns, nil)
	for fn := range fns {
		if owner := owner(fn); owner != nil {
			f.bodies[owner] = append(f.bodies[owner], fn)
		}
		node := f.graph.Nodes[fn]
		if node == nil {
			continue
		}
		for _, e := range node.Out {
			f.receiver(e.Site, e.Callee.Func)
			before, met := f.within[e.Site]
			f.within[e.Site] = hasBody(e.Callee.Func) && (before || !met)
		}
	}
}

// owner is the function that a body belongs to, or the package that it initialises; nil if it belongs to nothing.
func owner(fn *ssa.Function) any {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	obj, ok := fn.Object().(*types.Func)
	switch {
	case ok && obj.Name() != "init":
		return obj.Origin()
	case fn.Pkg != nil && fn.Signature.Recv() == nil && strings.HasPrefix(fn.Name(), "init"):
		return fn.Pkg.Pkg
	}
	return nil
}

// bodiesOf are those of a function, or those that initialise a variable.
func (f *flow) bodiesOf(n *node) []*ssa.Function {
	if n.fn != nil {
		return f.bodies[n.fn]
	}
	return f.bodies[n.pkg.Types]
}

// hasBody reports whether a function, or what a wrapper of the compiler's making calls, is there.
func hasBody(fn *ssa.Function) bool {
	if obj, ok := fn.Object().(*types.Func); ok {
		origin := fn.Prog.FuncValue(obj.Origin())
		return origin != nil && len(origin.Blocks) > 0
	}
	return len(fn.Blocks) > 0
}

// receiver enters the type of a receiver that a call meets.
func (f *flow) receiver(call ssa.CallInstruction, callee *ssa.Function) {
	if call == nil || callee.Signature.Recv() == nil {
		return
	}
	if t := gotypes.Origin(callee.Signature.Recv().Type()); t != nil {
		at := call.Common().Pos()
		if f.calls[at] == nil {
			f.calls[at] = map[*types.Named]bool{}
		}
		f.calls[at][t] = true
	}
}

// leaks are the types of values that went into bodies that are not there.
type leaks struct {
	*flow
	types  map[*types.Named]bool
	all    bool // values of any type did
	seen   map[types.Type]bool
	looked map[*node]bool
}

// leaks finds what the functions of a reach hand to bodies that are not there. The engine is one too: it fills the
// inputs of workflows, and the results of activities. When the reach has grown, what is new is added.
func (f *flow) leaks(r *reach) {
	if r.leaks == nil {
		r.leaks = f.engine()
	}
	for _, n := range r.nodes {
		if !r.leaks.looked[n] {
			r.leaks.looked[n] = true
			for _, fn := range f.bodiesOf(n) {
				r.leaks.body(fn)
			}
		}
	}
}

// engine is what the engine has.
func (f *flow) engine() *leaks {
	l := &leaks{flow: f, types: map[*types.Named]bool{}, seen: map[types.Type]bool{}, looked: map[*node]bool{}}
	for _, t := range f.errors {
		l.leakType(t)
	}
	for _, pkg := range f.prog.Packages {
		for _, fn := range pkg.Annotated {
			l.decoded(fn.Obj.Signature())
		}
	}
	return l
}

// decoded enters what an annotated function takes and gives, apart from its context and its error.
func (f *leaks) decoded(sig *types.Signature) {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if !types.IsInterface(v.Type()) || !known(v.Type()) {
				f.leakType(v.Type())
			}
		}
	}
}

// known reports whether a type is one of the two interfaces of every annotated function.
func known(t types.Type) bool {
	n := gotypes.Origin(t)
	return n != nil && (n.Obj().Pkg() == nil || n.Obj().Pkg().Path() == "context")
}

// body enters what the calls of a body hand on.
func (f *leaks) body(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			if call, ok := in.(ssa.CallInstruction); ok && !f.within[call] && !swallows(call.Common()) {
				for _, arg := range call.Common().Args {
					f.leak(arg)
				}
			}
			if store, ok := in.(*ssa.Store); ok && f.foreignField(store.Addr) {
				f.leak(store.Val)
			}
		}
	}
}

// swallows reports whether nothing that a call is given comes out anywhere: a built-in, which is followed, or a function
// that makes text of it.
func swallows(call *ssa.CallCommon) bool {
	switch fn := call.Value.(type) {
	case *ssa.Builtin:
		return true
	case *ssa.Function:
		if fn.Pkg == nil {
			return false
		}
		return fn.Object() != nil && stdlib.Of(fn.Object()).Discards
	}
	return false
}

// foreignField reports whether an address is that of a field of a type from outside, which bodies from there may read.
func (f *leaks) foreignField(addr ssa.Value) bool {
	field, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	t := gotypes.Origin(field.X.Type())
	return t != nil && f.pkgs[t.Obj().Pkg()] == nil
}

// leak enters a value that goes where nobody sees it.
func (f *leaks) leak(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.Const:
	case *ssa.MakeInterface:
		f.leakType(v.X.Type())
	case *ssa.ChangeInterface:
		f.leak(v.X)
	case *ssa.Slice:
		if array, ok := v.X.(*ssa.Alloc); ok && array.Comment == "varargs" {
			f.leakElements(array)
			return
		}
		f.leakType(v.Type())
	default:
		f.leakType(v.Type())
	}
}

// leakElements enters the arguments of a variadic call.
func (f *leaks) leakElements(array *ssa.Alloc) {
	for _, use := range *array.Referrers() {
		if at, ok := use.(*ssa.IndexAddr); ok {
			for _, use := range *at.Referrers() {
				if store, ok := use.(*ssa.Store); ok {
					f.leak(store.Val)
				}
			}
		}
	}
}

// leakType enters all that can be got out of a value of a type: what it holds, what its methods give, and, of a
// function, what it takes and gives.
func (f *leaks) leakType(t types.Type) {
	t = types.Unalias(t)
	if f.seen[t] {
		return
	}
	f.seen[t] = true
	if n, ok := t.(*types.Named); ok && !types.IsInterface(n) && f.pkgs[n.Obj().Pkg()] != nil {
		f.types[n.Origin()] = true
		for m := range f.methods(n).Methods() {
			f.leakType(m.Type().(*types.Signature).Results())
		}
	}
	switch u := t.Underlying().(type) {
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels and maps
		if m, ok := u.(*types.Map); ok {
			f.leakType(m.Key())
		}
		f.leakType(u.Elem())
	case *types.Struct:
		if gotypes.Origin(t) != nil {
			return // its fields are the module's, and followed, or they are not, and what is in them has leaked before
		}
		for field := range u.Fields() {
			f.leakType(field.Type())
		}
	case *types.Tuple:
		for v := range u.Variables() {
			f.leakType(v.Type())
		}
	case *types.Signature:
		f.leakType(u.Params())
		f.leakType(u.Results())
	case *types.Interface:
		f.leakInterface(u)
	}
}

// methods are those of a type's pointers.
func (f *flow) methods(n *types.Named) *types.MethodSet {
	if set, ok := f.sets[n]; ok {
		return set
	}
	return types.NewMethodSet(types.NewPointer(n)) // of a type with type arguments, or one declared in a generic function
}

// leakInterface enters that values of whatever type implements an interface went where nobody sees them.
func (f *leaks) leakInterface(iface *types.Interface) {
	if iface.NumMethods() == 0 || gotypes.ParametricMethods(iface) {
		f.all = true
		return
	}
	for _, t := range f.having[iface.Method(0).Id()] {
		if types.Implements(types.NewPointer(t), iface) || t.TypeParams().Len() > 0 {
			f.leakType(t)
		}
	}
}

// meets reports whether a value of a type can be the receiver of a call.
func (f *leaks) meets(call token.Pos, t types.Type) bool {
	n := gotypes.Origin(t)
	return f.all || n == nil || f.types[n] || f.calls[call][n] || f.pkgs[n.Obj().Pkg()] == nil
}
