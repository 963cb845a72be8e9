// This file classifies what calls do with their arguments. Functions of the module are followed into their parameters.
// Of other functions, only those are trusted that package stdlib knows.

package alias

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// argument is what a call does with the expression at index i of the stack: one of its arguments, or what it calls.
func (c *classifier) argument(i int, call *ast.CallExpr) *use {
	e := c.stack[i].(ast.Expr)
	t := c.info.TypeOf(e)
	switch {
	case call.Fun == e: // the functions that variables hold are not followed
		return reading
	case !c.sharing.shares(t): // a string, too, of which a conversion makes a new slice
		return reading
	case c.info.Types[call.Fun].IsType():
		return c.follow(i-1, false)
	}
	n := slices.Index(call.Args, e)
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := c.info.Uses[id].(*types.Builtin); ok {
			return c.builtin(i, call, n, b.Name())
		}
	}
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return c.passed(i, params(c.info.TypeOf(call.Fun).(*types.Signature), n, t))
	}
	callee := gotypes.Callee(c.info, call)
	if callee == nil {
		return c.harm("passes " + c.name + " to a function value")
	}
	return c.passedTo(i, call, n, callee.Origin())
}

// passedTo is what a function or method does with its n-th argument.
func (c *classifier) passedTo(i int, call *ast.CallExpr, n int, callee *types.Func) *use {
	if c.index.Prog.Annotation(callee) != nil {
		return reading // the argument is encoded
	}
	if !c.index.Has(callee) {
		return c.foreign(i, call, n, callee)
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && c.info.Selections[sel] != nil && c.info.Selections[sel].Kind() == types.MethodExpr {
		if n--; n < 0 {
			return c.passed(i, c.receivers(callee))
		}
	}
	var to []*types.Var
	for _, fn := range c.implementations(callee) {
		to = append(to, params(fn.Signature(), n, c.info.TypeOf(c.stack[i].(ast.Expr)))...)
	}
	return c.passed(i, to)
}

// passed is what a call does that assigns to parameters.
func (c *classifier) passed(i int, params []*types.Var) *use {
	return &use{to: params, result: c.follow(i-1, false)}
}

// params returns the parameters that take the n-th argument, of type t: all of them if it is a call with several results.
func params(sig *types.Signature, n int, t types.Type) []*types.Var {
	if _, tuple := t.(*types.Tuple); tuple {
		return slices.Collect(sig.Params().Variables())
	}
	return []*types.Var{sig.Params().At(min(n, sig.Params().Len()-1))}
}

// implementations returns the functions that a call of fn may run: fn, or, if it is a method of an interface, the methods
// of the module that implement it. Functions that the author vouches for are left out.
func (c *classifier) implementations(fn *types.Func) (fns []*types.Func) {
	if !gotypes.IsInterfaceMethod(fn) {
		if c.index.Funcs[fn].Pure {
			return nil
		}
		return []*types.Func{fn}
	}
	iface := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	for _, m := range c.methods[fn.Name()] {
		t := gotypes.Receiver(m)
		if !c.index.Funcs[m].Pure && (t.TypeParams().Len() > 0 || types.Implements(types.NewPointer(t), iface)) {
			fns = append(fns, m)
		}
	}
	return fns
}

func (c *classifier) receivers(fn *types.Func) (vs []*types.Var) {
	for _, fn := range c.implementations(fn) {
		vs = append(vs, fn.Signature().Recv())
	}
	return vs
}

func (c *classifier) builtin(i int, call *ast.CallExpr, n int, name string) *use {
	elements := c.sharing.elementsShare(c.info.TypeOf(c.stack[i].(ast.Expr)))
	switch {
	case name == "append" && n > 0:
		if call.Ellipsis == token.NoPos || elements {
			return c.follow(i-1, false)
		}
	case name == "append":
		return c.harm("appends to " + c.name) // in place, if there is room
	case name == "delete", name == "clear", name == "close", name == "copy" && n == 0:
		return c.writing()
	case name == "copy" && elements, name == "panic":
		return c.harm("passes " + c.name + " to " + name)
	}
	return reading
}

// foreign is what a function outside of the module does with its n-th argument.
func (c *classifier) foreign(i int, call *ast.CallExpr, n int, fn *types.Func) *use {
	t, facts := c.info.TypeOf(c.stack[i].(ast.Expr)), stdlib.Of(fn)
	if facts.ReadsArgs && (n > 0 || !facts.WritesFirst) || facts.ReadsFirst && n == 0 {
		return &use{to: c.calledBack(facts.CallsMethods, t)}
	}
	if !facts.ReturnsArgs {
		return c.harm("passes " + c.name + " to " + gotypes.NameIn(nil, fn))
	}
	if !c.sharing.elementsShare(t) {
		return reading // the result is a copy
	}
	u := *c.follow(i-1, false)
	for j, arg := range call.Args {
		sig, ok := c.info.TypeOf(arg).Underlying().(*types.Signature)
		if !ok || j == n {
			continue
		}
		if _, literal := ast.Unparen(arg).(*ast.FuncLit); !literal || u.result != nil {
			return c.harm("passes what " + c.name + " holds to a function")
		}
		u.to = slices.AppendSeq(u.to, sig.Params().Variables())
	}
	return &u
}

// calledBack returns the receivers of the named methods that a function outside of the module may call on a value of
// type t.
func (c *classifier) calledBack(names []string, t types.Type) (vs []*types.Var) {
	within, open := gotypes.NamedWithin(t, func(n *types.Named) bool { return c.index.Has(n.Obj()) })
	for _, name := range names {
		for _, fn := range c.methods[name] {
			if open || slices.Contains(within, gotypes.Receiver(fn)) {
				vs = append(vs, fn.Signature().Recv())
			}
		}
	}
	return vs
}
