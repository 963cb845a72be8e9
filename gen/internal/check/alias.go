package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file is about package variables that can be written through another name: those that hold pointers, maps, slices
// and the like. A workflow may read them in place.
//
// Each use of a variable is classed once, for the whole module: it reads, it hands what the variable holds on to other
// variables (an alias, a parameter, a receiver), or it does what may change it, or loses sight of it. What becomes of a
// variable follows as the least fixpoint over these. Nothing is followed from one level of a value to another: an
// element of a list counts as much as the list.

// aliases is what is known of all uses.
type aliases struct {
	uses     map[*ast.Ident]*use
	of       map[*types.Var][]*use
	harmed   map[*types.Var]*use // the use that does it
	returned map[*types.Var]bool
	methods  map[string][]*types.Func // of the module, by name
}

// findAliases classes the uses of variables in the module, and follows them.
func (c *checker) findAliases() {
	c.aliases = aliases{
		uses: map[*ast.Ident]*use{}, of: map[*types.Var][]*use{},
		harmed: map[*types.Var]*use{}, returned: map[*types.Var]bool{}, methods: map[string][]*types.Func{},
	}
	c.index.Each(c.collectMethod)
	var vars []*types.Var
	c.index.Each(func(in decls.Part) { vars = append(vars, c.classUses(in)...) })
	for again := true; again; {
		again = false
		for _, v := range vars {
			again = c.spread(v) || again
		}
	}
	c.index.Each(c.findAliasWrites)
}

func (c *checker) collectMethod(in decls.Part) {
	if d, ok := in.Decl.(*ast.FuncDecl); ok && d.Recv != nil {
		if fn, ok := in.Pkg.Info.Defs[d.Name].(*types.Func); ok {
			c.aliases.methods[fn.Name()] = append(c.aliases.methods[fn.Name()], fn)
		}
	}
}

// spread takes one step of the fixpoint for a variable, and reports whether anything is new.
func (c *checker) spread(v *types.Var) (changed bool) {
	for _, u := range c.aliases.of[v] {
		harm, returned := c.outcome(u)
		if old := c.aliases.harmed[v]; harm != nil && (old == nil || harm.write && !old.write) {
			c.aliases.harmed[v], changed = harm, true
		}
		if returned && !c.aliases.returned[v] {
			c.aliases.returned[v], changed = true, true
		}
	}
	return changed
}

// outcome is what a use comes to, as far as it is known: the use that does harm, and whether the function returns what
// it holds.
func (c *checker) outcome(u *use) (harm *use, returned bool) {
	if u.harm != "" {
		return u, false
	}
	returned = u.returned
	for _, v := range u.to {
		if h := c.aliases.harmed[v]; h != nil && (harm == nil || h.write && !harm.write) {
			harm = h
		}
		if !c.aliases.returned[v] {
			continue
		}
		if u.result == nil {
			returned = true
			continue
		}
		h, r := c.outcome(u.result)
		returned = returned || r
		if harm == nil {
			harm = h
		}
	}
	return harm, returned
}

// findAliasWrites enters the writes of package variables through other names: an init function's belong to the
// initialisation, as does what the initialiser of another variable is made of.
func (c *checker) findAliasWrites(in decls.Part) {
	fn, _ := in.Decl.(*ast.FuncDecl)
	ast.Inspect(in.Decl, func(x ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok || c.aliases.uses[id] == nil {
			return true
		}
		v := in.Pkg.Info.Uses[id].(*types.Var)
		harm, returned := c.outcome(c.aliases.uses[id])
		switch {
		case !gotypes.IsPackageVar(v) || harm == nil && !returned:
		case fn == nil || decls.IsInit(fn):
			c.index.AddInit(v, in)
		case harm != nil && harm.write:
			by, _ := in.Pkg.Info.Defs[fn.Name].(*types.Func)
			c.writes.AddWriter(v, by)
		}
		return true
	})
}

const copyIt = "read it in place, copy it (slices.Clone, maps.Clone), pass it as an input of the workflow,\nor accept it with //pawl:allow " + varAlias + " and a reason"

// aliased rejects a use of a package variable after which it may be written through another name. Initialisation may
// give it any name.
func (s *scanner) aliased(id *ast.Ident, v *types.Var) bool {
	u := s.aliases.uses[id]
	if u == nil || s.wrote[id] || s.n.v != nil && !s.inLiteral() && !u.bound {
		return false
	}
	harm, returned := s.outcome(u)
	if harm == nil && returned {
		harm = &use{harm: where(s.index.Funcs[s.n.fn].Decl) + " returns it"}
	}
	if harm == nil {
		return false
	}
	s.enter(finding{pos: id.Pos(), rule: varAlias, decl: v.Pos(), fix: copyIt,
		message: "uses " + s.name(v) + ", a package variable that all runs share, so that it may be written: " + harm.harm})
	return true
}
