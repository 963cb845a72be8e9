package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file classes the mentions of variables: what the expression around one does with what the variable holds.

// use is what one mention of a variable does with what the variable holds.
type use struct {
	harm     string       // why it is no reading: "bump writes p"; or empty
	write    bool         // the harm is done here, and not only possible
	to       []*types.Var // variables that hold it as well
	returned bool         // the function around it returns it
	result   *use         // what is done with the result of the call whose parameters are in to; nil if to are aliases
	bound    bool         // as the receiver of a method value
}

var reading = &use{}

// classUses classes the uses in one declaration of variables that share what they hold, and gives these variables.
func (c *checker) classUses(in decls.Part) (vars []*types.Var) {
	k := &classer{checker: c, info: in.Pkg.Info, where: where(in.Decl)}
	ast.Inspect(in.Decl, func(x ast.Node) bool {
		if x == nil {
			k.stack = k.stack[:len(k.stack)-1]
			return true
		}
		k.stack = append(k.stack, x)
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := k.info.Uses[id].(*types.Var)
		if !ok || v.IsField() || !c.index.Has(v) || !gotypes.IsPackageVar(v) && !c.shares(v.Type()) {
			return true
		}
		k.name = id.Name
		u := k.follow(len(k.stack)-1, false)
		if len(c.aliases.of[v]) == 0 {
			vars = append(vars, v)
		}
		c.aliases.uses[id], c.aliases.of[v] = u, append(c.aliases.of[v], u)
		return true
	})
	return vars
}

// where is how a declaration is called in the reason of a harm.
func where(d ast.Decl) string {
	if fn, ok := d.(*ast.FuncDecl); ok {
		return fn.Name.Name
	}
	return "an initialiser"
}

// classer classes the uses in one declaration.
type classer struct {
	*checker
	info  *types.Info
	where string
	name  string // of the variable
	stack []ast.Node
}

func (k *classer) harm(does string) *use { return &use{harm: k.where + " " + does} }

func (k *classer) writing() *use {
	return &use{harm: k.where + " writes " + k.name, write: true}
}

// follow goes from the expression at the i-th place of the stack, which holds what the variable holds or a part of it,
// to what is done with it. It is deep if it lies behind a pointer, a map or a slice of the variable.
func (k *classer) follow(i int, deep bool) *use {
	e := k.stack[i].(ast.Expr)
	switch p := k.stack[i-1].(type) {
	case *ast.ParenExpr:
		return k.follow(i-1, deep)
	case *ast.StarExpr:
		return k.follow(i-1, true)
	case *ast.SliceExpr:
		if p.X == e {
			return k.follow(i-1, deep)
		}
		return reading
	case *ast.IndexExpr:
		return k.index(i, p, deep)
	case *ast.SelectorExpr:
		return k.selector(i, p, deep)
	case *ast.TypeAssertExpr:
		if p.Type == nil {
			return k.typeSwitch(i - 2)
		}
		return k.follow(i-1, false)
	case *ast.UnaryExpr:
		if p.Op == token.ARROW {
			return k.writing()
		}
		if p.Op == token.AND && (deep || k.shares(k.info.TypeOf(e))) {
			return k.harm("takes the address of " + k.name)
		}
		return reading
	case *ast.IncDecStmt:
		return k.assigned(deep)
	case *ast.AssignStmt:
		return k.assignment(e, p, deep)
	case *ast.RangeStmt:
		switch {
		case p.X != e:
			return k.assigned(deep)
		case gotypes.ChanType(k.info.TypeOf(e)) != nil:
			return k.writing()
		}
		return k.alias(p.Key, p.Value)
	case *ast.SendStmt:
		if p.Chan == e {
			return k.writing()
		}
	case *ast.CallExpr:
		return k.argument(i, p)
	}
	return k.value(i)
}

func (k *classer) inLiteral() bool {
	_, ok := gotypes.Enclosing[*ast.FuncLit](k.stack)
	return ok
}

// value is what becomes of a value in a place where it is copied.
func (k *classer) value(i int) *use {
	e := k.stack[i].(ast.Expr)
	if !k.shares(k.info.TypeOf(e)) {
		return reading
	}
	switch p := k.stack[i-1].(type) {
	case *ast.BinaryExpr, *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SwitchStmt, *ast.CaseClause:
		return reading
	case *ast.ReturnStmt:
		if k.inLiteral() {
			return k.harm("returns " + k.name + " from a function literal")
		}
		return &use{returned: true}
	case *ast.ValueSpec:
		if len(p.Names) == len(p.Values) {
			return k.alias(p.Names[slices.Index(p.Values, e)])
		}
		var names []ast.Expr
		for _, n := range p.Names {
			names = append(names, n)
		}
		return k.alias(names...)
	}
	return k.harm("stores " + k.name)
}

// assigned is what assigning to a part of the variable is: harmless if that is the variable itself, a copy.
func (k *classer) assigned(deep bool) *use {
	if deep {
		return k.writing()
	}
	return reading
}

func (k *classer) index(i int, p *ast.IndexExpr, deep bool) *use {
	if p.X != k.stack[i] {
		if k.shares(k.info.TypeOf(p.Index)) && k.stores(i-1) {
			return k.harm("stores " + k.name)
		}
		return reading
	}
	_, array := k.info.TypeOf(p.X).Underlying().(*types.Array)
	return k.follow(i-1, deep || !array)
}

// stores reports whether the expression at the i-th place of the stack is assigned to.
func (k *classer) stores(i int) bool {
	a, ok := k.stack[i-1].(*ast.AssignStmt)
	return ok && slices.Contains(a.Lhs, k.stack[i].(ast.Expr))
}

func (k *classer) assignment(e ast.Expr, p *ast.AssignStmt, deep bool) *use {
	i := slices.Index(p.Rhs, e)
	switch {
	case i < 0:
		return k.assigned(deep)
	case !k.shares(k.info.TypeOf(e)):
		return reading
	case len(p.Lhs) == len(p.Rhs):
		return k.alias(p.Lhs[i])
	}
	return k.alias(p.Lhs...)
}

// alias is what assigning to expressions does: local variables are followed.
func (k *classer) alias(lhs ...ast.Expr) *use {
	u := &use{}
	for _, e := range lhs {
		id, ok := e.(*ast.Ident)
		switch {
		case e == nil || ok && id.Name == "_":
			continue
		case !ok:
			if k.shares(k.info.TypeOf(e)) {
				return k.harm("stores " + k.name)
			}
			continue
		}
		v, _ := k.info.ObjectOf(id).(*types.Var)
		switch {
		case v == nil || !k.shares(v.Type()):
		case gotypes.IsPackageVar(v), v.Kind() == types.ResultVar && k.inLiteral():
			return k.harm("stores " + k.name)
		default:
			u.to = append(u.to, v)
			u.returned = u.returned || v.Kind() == types.ResultVar
		}
	}
	return u
}

// typeSwitch is what a type switch does whose guard is at the i-th place of the stack: each clause has a variable.
func (k *classer) typeSwitch(i int) *use {
	sw, ok := gotypes.Enclosing[*ast.TypeSwitchStmt](k.stack[:i+1])
	if !ok {
		return reading
	}
	u := &use{}
	for _, clause := range sw.Body.List {
		if v, ok := k.info.Implicits[clause].(*types.Var); ok && k.shares(v.Type()) {
			u.to = append(u.to, v)
		}
	}
	return u
}

// selector is what selecting a field or a method does.
func (k *classer) selector(i int, p *ast.SelectorExpr, deep bool) *use {
	sel := k.info.Selections[p]
	if sel == nil {
		return k.follow(i-1, deep) // the name of a package in front
	}
	if sel.Kind() == types.FieldVal {
		return k.follow(i-1, deep || sel.Indirect() || gotypes.IsPointer(k.info.TypeOf(p.X)))
	}
	fn := sel.Obj().(*types.Func).Origin()
	if k.prog.Annotation(fn) != nil || fn.Pkg() == nil {
		return reading
	}
	u := k.receiver(i, fn)
	if call, ok := k.stack[i-2].(*ast.CallExpr); ok && call.Fun == p {
		if len(u.to) > 0 {
			u.result = k.follow(i-2, false)
		}
		return u
	}
	bound := *u
	bound.bound, bound.result = true, k.harm("binds "+k.name+" to method "+fn.Name())
	return &bound
}

// receiver is what a method does with its receiver.
func (k *classer) receiver(i int, fn *types.Func) *use {
	switch {
	case k.checker.index.Has(fn), gotypes.IsInterfaceMethod(fn) && !k.writes.ChangesReceiver(fn):
		return &use{to: k.receivers(fn)}
	case k.writes.ChangesReceiver(fn):
		return k.writing()
	}
	return reading
}
