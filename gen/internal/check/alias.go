// This file is about package variables that may be written through another name.

package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/alias"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// findAliases analyzes who shares memory with whom. What writes a variable through another name is entered as other
// writes are: in an init function or in the initializer of another variable it belongs to the initialization.
func (c *checker) findAliases() {
	c.aliases = alias.Analyze(c.index, c.writes.ChangesReceiver)
	c.index.Each(c.findAliasWrites)
}

// findAliasWrites enters what a declaration does to package variables through other names.
func (c *checker) findAliasWrites(in decls.Part) {
	fn, _ := in.Decl.(*ast.FuncDecl)
	ast.Inspect(in.Decl, func(x ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		use, ok := c.aliases.Use(id)
		if !ok {
			return true
		}
		v := in.Pkg.Info.Uses[id].(*types.Var)
		switch {
		case !gotypes.IsPackageVar(v) || use.Harm == "" && !use.Returned:
		case fn == nil || decls.IsInit(fn):
			c.index.AddInit(v, in)
		case use.Writes:
			by, _ := in.Pkg.Info.Defs[fn.Name].(*types.Func)
			c.writes.AddWriter(v, by)
		}
		return true
	})
}

const copyIt = "read it in place, copy it (slices.Clone, maps.Clone), pass it as an input of the workflow,\nor accept it with //pawl:allow " + varAlias + " and a reason"

// aliased rejects a use of a package variable after which it may be written through another name. During initialization
// a variable may be shared freely.
func (s *scanner) aliased(id *ast.Ident, v *types.Var) bool {
	use, ok := s.aliases.Use(id)
	if !ok || s.wrote[id] || s.n.v != nil && !s.inLiteral() && !use.Bound {
		return false
	}
	why := use.Harm
	if why == "" && use.Returned {
		why = s.n.fn.Name() + " returns it"
	}
	if why == "" {
		return false
	}
	s.enter(finding{pos: id.Pos(), rule: varAlias, decl: v.Pos(), fix: copyIt,
		message: "uses " + s.name(v) + ", a package variable that all runs share, in a way that may change it: " + why})
	return true
}
