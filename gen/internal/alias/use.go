// This file classifies the mentions of variables: what the expression around a mention does with what the variable holds.

package alias

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// use is what one mention of a variable does with what the variable holds.
type use struct {
	harm     string       // why the use isn't a mere read: "bump writes p"; or empty
	write    bool         // the harm is a write, and not only a possible one
	to       []*types.Var // variables that hold the value as well
	returned bool         // the function around it returns the value
	result   *use         // what is done with the result of the call whose parameters are in to; nil if to are copies
	bound    bool         // as the receiver of a method value
}

// reading is a use that does no harm.
var reading = &use{}

// classifier classifies the uses in one declaration after the other.
type classifier struct {
	index           *decls.Index
	sharing         *sharing
	changesReceiver func(*types.Func) bool
	methods         map[string][]*types.Func // of the program, by name

	info  *types.Info
	where string // how the declaration is called in the reason of a harm
	name  string // of the variable that is being classified
	stack []ast.Node
}

// classify classifies the mentions in a declaration of variables that share what they hold, and of package variables.
func (c *classifier) classify(part decls.Part, do func(id *ast.Ident, v *types.Var, u *use)) {
	c.info, c.where = part.Pkg.Info, "an initializer"
	if fn, ok := part.Decl.(*ast.FuncDecl); ok {
		c.where = fn.Name.Name
	}
	ast.PreorderStack(part.Decl, nil, func(x ast.Node, stack []ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := c.info.Uses[id].(*types.Var)
		if ok && !v.IsField() && c.index.Has(v) && (gotypes.IsPackageVar(v) || c.sharing.shares(v.Type())) {
			c.stack, c.name = append(stack, id), id.Name
			do(id, v, c.follow(len(c.stack)-1, false))
		}
		return true
	})
}

func (c *classifier) harm(does string) *use { return &use{harm: c.where + " " + does} }

func (c *classifier) writing() *use {
	return &use{harm: c.where + " writes " + c.name, write: true}
}

// follow goes from the expression at index i of the stack, which holds what the variable holds or a part of it, to what
// is done with it. Deep says that the expression lies behind a pointer, a map or a slice of the variable.
func (c *classifier) follow(i int, deep bool) *use {
	e := c.stack[i].(ast.Expr)
	switch p := c.stack[i-1].(type) {
	case *ast.ParenExpr:
		return c.follow(i-1, deep)
	case *ast.StarExpr:
		return c.follow(i-1, true)
	case *ast.SliceExpr:
		if p.X == e {
			return c.follow(i-1, deep)
		}
		return reading
	case *ast.IndexExpr:
		return c.indexed(i, p, deep)
	case *ast.SelectorExpr:
		return c.selector(i, p, deep)
	case *ast.TypeAssertExpr:
		if p.Type == nil {
			return c.typeSwitch(i - 2)
		}
		return c.follow(i-1, false)
	case *ast.UnaryExpr:
		if p.Op == token.ARROW {
			return c.writing()
		}
		if p.Op == token.AND && (deep || c.sharing.shares(c.info.TypeOf(e))) {
			return c.harm("takes the address of " + c.name)
		}
		return reading
	case *ast.IncDecStmt:
		return c.assigned(deep)
	case *ast.AssignStmt:
		return c.assignment(e, p, deep)
	case *ast.RangeStmt:
		switch {
		case p.X != e:
			return c.assigned(deep)
		case gotypes.ChanType(c.info.TypeOf(e)) != nil:
			return c.writing()
		}
		return c.copied(p.Key, p.Value)
	case *ast.SendStmt:
		if p.Chan == e {
			return c.writing()
		}
	case *ast.CallExpr:
		return c.argument(i, p)
	}
	return c.value(i)
}

func (c *classifier) inLiteral() bool {
	_, ok := gotypes.Enclosing[*ast.FuncLit](c.stack)
	return ok
}

// value is what becomes of the expression at index i of the stack in a place where its value is copied.
func (c *classifier) value(i int) *use {
	e := c.stack[i].(ast.Expr)
	if !c.sharing.shares(c.info.TypeOf(e)) {
		return reading
	}
	switch p := c.stack[i-1].(type) {
	case *ast.BinaryExpr, *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SwitchStmt, *ast.CaseClause:
		return reading
	case *ast.ReturnStmt:
		if c.inLiteral() {
			return c.harm("returns " + c.name + " from a function literal")
		}
		return &use{returned: true}
	case *ast.ValueSpec:
		if len(p.Names) == len(p.Values) {
			return c.copied(p.Names[slices.Index(p.Values, e)])
		}
		var names []ast.Expr
		for _, n := range p.Names {
			names = append(names, n)
		}
		return c.copied(names...)
	}
	return c.harm("stores " + c.name)
}

// assigned is what an assignment to a part of the variable does. It is harmless if the part is in the variable itself,
// which is a copy.
func (c *classifier) assigned(deep bool) *use {
	if deep {
		return c.writing()
	}
	return reading
}

func (c *classifier) indexed(i int, p *ast.IndexExpr, deep bool) *use {
	if p.X != c.stack[i] {
		if c.sharing.shares(c.info.TypeOf(p.Index)) && c.isAssigned(i-1) {
			return c.harm("stores " + c.name)
		}
		return reading
	}
	_, array := c.info.TypeOf(p.X).Underlying().(*types.Array)
	return c.follow(i-1, deep || !array)
}

// isAssigned reports whether the expression at index i of the stack is assigned to.
func (c *classifier) isAssigned(i int) bool {
	a, ok := c.stack[i-1].(*ast.AssignStmt)
	return ok && slices.Contains(a.Lhs, c.stack[i].(ast.Expr))
}

func (c *classifier) assignment(e ast.Expr, p *ast.AssignStmt, deep bool) *use {
	i := slices.Index(p.Rhs, e)
	switch {
	case i < 0:
		return c.assigned(deep)
	case !c.sharing.shares(c.info.TypeOf(e)):
		return reading
	case len(p.Lhs) == len(p.Rhs):
		return c.copied(p.Lhs[i])
	}
	return c.copied(p.Lhs...)
}

// copied is what copying the value to some expressions does. Local variables are followed.
func (c *classifier) copied(lhs ...ast.Expr) *use {
	u := &use{}
	for _, e := range lhs {
		id, ok := e.(*ast.Ident)
		switch {
		case e == nil || ok && id.Name == "_":
			continue
		case !ok:
			if c.sharing.shares(c.info.TypeOf(e)) {
				return c.harm("stores " + c.name)
			}
			continue
		}
		v, _ := c.info.ObjectOf(id).(*types.Var)
		switch {
		case v == nil || !c.sharing.shares(v.Type()):
		case gotypes.IsPackageVar(v), v.Kind() == types.ResultVar && c.inLiteral():
			return c.harm("stores " + c.name)
		default:
			u.to = append(u.to, v)
			u.returned = u.returned || v.Kind() == types.ResultVar
		}
	}
	return u
}

// typeSwitch is what the type switch does that has its guard at index i of the stack: each clause has a variable.
func (c *classifier) typeSwitch(i int) *use {
	sw, ok := gotypes.Enclosing[*ast.TypeSwitchStmt](c.stack[:i+1])
	if !ok {
		return reading
	}
	u := &use{}
	for _, clause := range sw.Body.List {
		if v, ok := c.info.Implicits[clause].(*types.Var); ok && c.sharing.shares(v.Type()) {
			u.to = append(u.to, v)
		}
	}
	return u
}

// selector is what selecting a field or a method does.
func (c *classifier) selector(i int, p *ast.SelectorExpr, deep bool) *use {
	sel := c.info.Selections[p]
	if sel == nil {
		return c.follow(i-1, deep) // the name of a package stands before it
	}
	if sel.Kind() == types.FieldVal {
		return c.follow(i-1, deep || sel.Indirect() || gotypes.IsPointer(c.info.TypeOf(p.X)))
	}
	fn := sel.Obj().(*types.Func).Origin()
	if c.index.Prog.Annotation(fn) != nil || fn.Pkg() == nil {
		return reading
	}
	u := c.receiver(fn)
	if call, ok := c.stack[i-2].(*ast.CallExpr); ok && call.Fun == p {
		if len(u.to) > 0 {
			u.result = c.follow(i-2, false)
		}
		return u
	}
	bound := *u
	bound.bound, bound.result = true, c.harm("binds "+c.name+" to method "+fn.Name())
	return &bound
}

// receiver is what a method does with its receiver.
func (c *classifier) receiver(fn *types.Func) *use {
	switch {
	case c.index.Has(fn), gotypes.IsInterfaceMethod(fn) && !c.changesReceiver(fn):
		return &use{to: c.receivers(fn)}
	case c.changesReceiver(fn):
		return c.writing()
	}
	return reading
}
