// What rules know about the program as a whole.

package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/alias"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/printed"
	"github.com/pawlhq/pawl/gen/internal/writes"
)

// program is what is known about the program.
type program struct {
	index   *decls.Index
	writes  *writes.Writes
	aliases *alias.Analysis
	graph   *callgraph.Graph

	unknown map[string]bool // packages of other modules that were mentioned, and are not known from their source
	prints  map[*callgraph.Node][]printing
	keys    map[*callgraph.Node][]keyed
	inSSA   *flow.Program // nil until ssa is called

	templates *templates // nil until methodsOfTemplates is called
}

// keyed is a finding that counts if a type parameter, by which a map is keyed, has a type argument without an order.
type keyed struct {
	key     types.Type
	finding callgraph.Finding
}

// printing is an argument of a call that may print an address, depending on what interfaces hold.
type printing struct {
	pos token.Pos
	arg printed.Argument
}

func newProgram(prog *gosrc.Program) *program {
	x := decls.New(prog)
	p := &program{index: x, writes: writes.Find(x), unknown: map[string]bool{}, prints: map[*callgraph.Node][]printing{}, keys: map[*callgraph.Node][]keyed{}}
	p.aliases = alias.Analyze(x, p.writes.ChangesReceiver)
	x.Each(p.addAliasWrites)
	p.writes.Finish()
	return p
}

// addAliasWrites adds what a declaration does to package variables through other names. In an init function or in the
// initializer of another variable, it belongs to the initialization.
func (p *program) addAliasWrites(part decls.Part) {
	fn, _ := part.Decl.(*ast.FuncDecl)
	ast.Inspect(part.Decl, func(x ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		use, ok := p.aliases.Use(id)
		if !ok {
			return true
		}
		v := part.Pkg.Info.Uses[id].(*types.Var)
		switch {
		case !gotypes.IsPackageVar(v) || use.Harm == "" && !use.Returned:
		case fn == nil || p.writes.Initial(part):
			p.index.AddInit(v, part)
		case use.Writes:
			by, _ := part.Pkg.Info.Defs[fn.Name].(*types.Func)
			p.writes.AddWriter(v, by)
		}
		return true
	})
}

// ssa returns the program in SSA form, which is built on the first call.
func (p *program) ssa() *flow.Program {
	if p.inSSA == nil {
		p.inSSA = flow.New(p.index.Prog.Fset, p.index.Prog.Packages, p.index.Packages)
	}
	return p.inSSA
}

// workflows are the annotated workflows, in the order of the program.
func (p *program) workflows() (ws []*gosrc.Func) {
	for _, pkg := range p.index.Prog.Packages {
		for _, f := range pkg.Annotated {
			if decls.IsWorkflow(f) && f.Decl != nil {
				ws = append(ws, f)
			}
		}
	}
	return ws
}
