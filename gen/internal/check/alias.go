// This file is about package variables that may be written through another name.

package check

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/alias"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// findAliases analyzes who shares memory with whom. What writes a variable through another name is entered as other
// writes are: in an init function or in the initializer of another variable it belongs to the initialization.
func (c *checker) findAliases() {
	var decls []alias.Decl
	c.eachDecl(func(in initCode) { decls = append(decls, alias.Decl{Info: in.pkg.Info, Node: in.decl}) })
	c.aliases = alias.Analyze(&alias.Module{
		Decls:     decls,
		Declares:  c.inModule,
		Annotated: func(fn *types.Func) bool { return c.prog.Annotation(fn) != nil },
		Pure:      func(fn *types.Func) bool { return c.decls[fn].pure },
		Unshared: func(t *types.Named) bool {
			return c.receivesActivities(t) && !c.receivesWorkflows(t) || c.annotatedInterface(t)
		},
		ChangesReceiver: c.changesReceiver,
	})
	c.eachDecl(c.findAliasWrites)
}

// eachDecl calls f with every declaration of the packages that are known from their source.
func (c *checker) eachDecl(f func(initCode)) {
	for _, p := range slices.Concat(c.prog.Packages, c.prog.Dependencies) {
		if c.pkgs[p.Types] == nil {
			continue
		}
		for _, file := range p.Files {
			for _, d := range file.Syntax.Decls {
				f(initCode{p, file, d})
			}
		}
	}
}

// findAliasWrites enters what a declaration does to package variables through other names.
func (c *checker) findAliasWrites(in initCode) {
	fn, _ := in.decl.(*ast.FuncDecl)
	ast.Inspect(in.decl, func(x ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		use, ok := c.aliases.Use(id)
		if !ok {
			return true
		}
		v := in.pkg.Info.Uses[id].(*types.Var)
		switch {
		case !gotypes.IsPackageVar(v) || use.Harm == "" && !use.Returned:
		case fn == nil || isInit(fn):
			c.attachInit(v, in)
		case use.Writes && c.writes[v] == nil:
			c.writes[v], _ = in.pkg.Info.Defs[fn.Name].(*types.Func)
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
