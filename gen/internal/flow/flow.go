// Package flow follows values through the bodies of a program in SSA form. It answers two questions about the code that
// a workflow reaches.
//
// # Which types may the receiver of an interface call have?
//
// See [Receivers]. Variable type analysis propagates types from where values are made to where methods are called, for
// all bodies known from their source. It assumes that it sees the whole program. It doesn't: the standard library, C,
// and modules that are not loaded from source have no bodies here. A value that is passed to such a function, or stored
// in a field of a type declared there, escapes: it may come back anywhere. So the answer for one call is the types that
// the analysis finds for it, plus all types that escape from the code in reach. The engine counts as unknown code, too:
// it creates the inputs of workflows, and the results and errors of activities.
//
// A type escapes together with what can be obtained from its values: elements, results of methods, parameters and
// results of functions. If a value of an interface type escapes, so does every type that implements the interface, and
// if the interface is empty or its methods depend on type parameters, every type there is. Functions that only make text
// of their arguments let nothing escape.
//
// # Which types may a value in an interface have?
//
// See [Values]. This is answered backwards, from an interface value to the instructions that put something into an
// interface. Local variables, package variables, parameters and results are distinguished. Parameters and results are
// connected by the call graph. So are slices that are made where they are passed and only read after that: the arguments
// of a variadic call, and slice literals. All other memory is distinguished by type only: a field of all structs with
// the same fields, an element of all slices with the same element type, and so on. The order of instructions is ignored.
// The answer may therefore contain types that never occur at run time.
//
// Values that no body in reach stores are not found. Such values come from the engine or from a decoder. They are made
// from data, and contain neither pointers that differ between processes nor functions.
package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Program is the SSA form of a program, with its call graph. It isn't changed after New, and is safe for concurrent use.
type Program struct {
	known     map[*types.Package]bool             // packages with bodies
	types     typeIndex                           // of these packages
	graph     *callgraph.Graph                    // over all functions
	bodies    map[any][]*ssa.Function             // by *types.Func, with literals and instances; by *types.Package, what initializes it
	receivers map[token.Pos]map[*types.Named]bool // the types that calls have as receivers, by opening parenthesis
	inside    map[ssa.CallInstruction]bool        // calls that only run functions with bodies
}

// New builds the SSA form of the packages in known, and follows types through it. Packages that roots import and that
// are not in known get no bodies.
func New(fset *token.FileSet, roots []*gosrc.Package, known map[*types.Package]*gosrc.Package) *Program {
	p := &Program{
		known: map[*types.Package]bool{}, types: newTypeIndex(), bodies: map[any][]*ssa.Function{},
		receivers: map[token.Pos]map[*types.Named]bool{}, inside: map[ssa.CallInstruction]bool{},
	}
	for t, pkg := range known {
		p.known[t] = true
		p.types.addPackage(pkg.Info)
	}
	prog := create(fset, roots, known)
	prog.Build()
	p.index(ssautil.AllFunctions(prog))
	return p
}

// create adds all packages to an SSA program: the known ones with bodies, the others without.
func create(fset *token.FileSet, roots []*gosrc.Package, known map[*types.Package]*gosrc.Package) *ssa.Program {
	prog, created := ssa.NewProgram(fset, ssa.InstantiateGenerics), map[*types.Package]bool{}
	var add func(t *types.Package)
	add = func(t *types.Package) {
		if created[t] {
			return
		}
		created[t] = true
		for _, i := range t.Imports() {
			add(i)
		}
		var files []*ast.File
		var info *types.Info
		if pkg := known[t]; pkg != nil {
			files, info = compilable(fset, pkg)
		}
		prog.CreatePackage(t, files, info, true)
	}
	for _, pkg := range roots {
		if pkg.Types != nil { // a package with generated files alone has none
			add(pkg.Types)
		}
	}
	return prog
}

// index enters every body and every call.
func (p *Program) index(fns map[*ssa.Function]bool) {
	p.graph = vta.CallGraph(fns, nil)
	for fn := range fns {
		if owner := owner(fn); owner != nil {
			p.bodies[owner] = append(p.bodies[owner], fn)
		}
		node := p.graph.Nodes[fn]
		if node == nil {
			continue
		}
		for _, e := range node.Out {
			p.addReceiver(e.Site, e.Callee.Func)
			before, met := p.inside[e.Site]
			p.inside[e.Site] = hasBody(e.Callee.Func) && (before || !met)
		}
	}
}

// addReceiver enters the type of a receiver that a call may have.
func (p *Program) addReceiver(call ssa.CallInstruction, callee *ssa.Function) {
	if call == nil || callee.Signature.Recv() == nil {
		return
	}
	if t := gotypes.Origin(callee.Signature.Recv().Type()); t != nil {
		at := call.Common().Pos()
		if p.receivers[at] == nil {
			p.receivers[at] = map[*types.Named]bool{}
		}
		p.receivers[at][t] = true
	}
}

// owner returns the function that a body belongs to, or the package that it initializes. It returns nil for wrappers and
// other functions that belong to no source.
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

// TypeArguments returns what a type parameter of a generic function, or of the receiver of a method, is in the instances of the
// program.
func (p *Program) TypeArguments(fn *types.Func, param types.Type) (args []types.Type) {
	tp, ok := types.Unalias(param).(*types.TypeParam)
	if !ok {
		return nil
	}
	for _, body := range p.bodies[fn.Origin()] {
		if i := tp.Index(); body.Parent() == nil && i < len(body.TypeArgs()) {
			args = append(args, body.TypeArgs()[i])
		}
	}
	return args
}

// bodiesOf returns the bodies of a function. For a package variable it returns those that initialize its package.
func (p *Program) bodiesOf(obj types.Object) []*ssa.Function {
	if v, ok := obj.(*types.Var); ok {
		return p.bodies[v.Pkg()]
	}
	return p.bodies[obj]
}

// callees returns the functions that a call may run.
func (p *Program) callees(site ssa.CallInstruction) (fns []*ssa.Function) {
	node := p.graph.Nodes[site.Parent()]
	if node == nil {
		return nil
	}
	for _, e := range node.Out {
		if e.Site == site {
			fns = append(fns, e.Callee.Func)
		}
	}
	return fns
}

// hasBody reports whether the body of a function is known. Of a wrapper made by the compiler, that is the body of the
// function that it calls.
func hasBody(fn *ssa.Function) bool {
	if obj, ok := fn.Object().(*types.Func); ok {
		origin := fn.Prog.FuncValue(obj.Origin())
		return origin != nil && len(origin.Blocks) > 0
	}
	return len(fn.Blocks) > 0
}
