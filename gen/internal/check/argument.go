package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file classes what calls do with what they are given: functions of the module are followed into their parameters,
// and of all others only those that are listed here are known to leave their arguments alone.

// argument is what a call does with one of its arguments, or with what it calls.
func (k *classer) argument(i int, call *ast.CallExpr) *use {
	e := k.stack[i].(ast.Expr)
	t := k.info.TypeOf(e)
	switch {
	case call.Fun == e: // judgeVariable looks at what the functions in a package variable hold
		return reading
	case k.info.Types[call.Fun].IsType():
		return k.follow(i-1, false)
	case !k.shares(t):
		return reading
	}
	n := slices.Index(call.Args, e)
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := k.info.Uses[id].(*types.Builtin); ok {
			return k.builtin(i, call, n, b.Name())
		}
	}
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return k.passed(i, k.params(k.info.TypeOf(call.Fun).(*types.Signature), n, t))
	}
	callee := gotypes.Callee(k.info, call)
	if callee == nil {
		return k.harm("hands " + k.name + " to a function value")
	}
	return k.handed(i, call, n, callee.Origin())
}

// handed is what a function or method does with its n-th argument.
func (k *classer) handed(i int, call *ast.CallExpr, n int, callee *types.Func) *use {
	if k.prog.Annotation(callee) != nil {
		return reading // it is encoded
	}
	if !k.checker.index.Has(callee) {
		return k.foreign(i, call, n, callee)
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && k.info.Selections[sel] != nil && k.info.Selections[sel].Kind() == types.MethodExpr {
		if n--; n < 0 {
			return k.passed(i, k.receivers(callee))
		}
	}
	var params []*types.Var
	for _, fn := range k.behind(callee) {
		params = append(params, k.params(fn.Signature(), n, k.info.TypeOf(k.stack[i].(ast.Expr)))...)
	}
	return k.passed(i, params)
}

// passed is what a call does that fills parameters.
func (k *classer) passed(i int, params []*types.Var) *use {
	return &use{to: params, result: k.follow(i-1, false)}
}

// params are the parameters that take the n-th argument: all of them if it is a call with several results.
func (k *classer) params(sig *types.Signature, n int, t types.Type) (vs []*types.Var) {
	if _, tuple := t.(*types.Tuple); tuple {
		return slices.Collect(sig.Params().Variables())
	}
	return []*types.Var{sig.Params().At(min(n, sig.Params().Len()-1))}
}

// behind are the functions that a call of fn may run: fn, or, if that is a method of an interface, those of the module
// that implement it. What is marked //pawl:pure is the author's word.
func (k *classer) behind(fn *types.Func) (fns []*types.Func) {
	if !gotypes.IsInterfaceMethod(fn) {
		if k.checker.index.Funcs[fn].Pure {
			return nil
		}
		return []*types.Func{fn}
	}
	iface := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	for _, m := range k.aliases.methods[fn.Name()] {
		t := gotypes.Receiver(m)
		if !k.checker.index.Funcs[m].Pure && (t.TypeParams().Len() > 0 || types.Implements(types.NewPointer(t), iface)) {
			fns = append(fns, m)
		}
	}
	return fns
}

func (k *classer) receivers(fn *types.Func) (vs []*types.Var) {
	for _, fn := range k.behind(fn) {
		vs = append(vs, fn.Signature().Recv())
	}
	return vs
}

func (k *classer) builtin(i int, call *ast.CallExpr, n int, name string) *use {
	elem := k.inside(k.info.TypeOf(k.stack[i].(ast.Expr)))
	switch {
	case name == "append" && n > 0:
		if call.Ellipsis == token.NoPos || elem {
			return k.follow(i-1, false)
		}
	case name == "append":
		return k.harm("appends to " + k.name) // in place, if there is room
	case name == "delete", name == "clear", name == "close", name == "copy" && n == 0:
		return k.writing()
	case name == "copy" && elem, name == "panic":
		return k.harm("hands " + k.name + " to " + name)
	}
	return reading
}

// foreign is what a function from outside of the module does with its n-th argument.
func (k *classer) foreign(i int, call *ast.CallExpr, n int, fn *types.Func) *use {
	facts := stdlib.Of(fn)
	if facts.ReadsArgs && (n > 0 || !facts.WritesFirst) {
		return &use{to: k.asked(facts.CallsMethods, k.info.TypeOf(k.stack[i].(ast.Expr)))}
	}
	if !facts.ReturnsArgs {
		return k.harm("hands " + k.name + " to " + gotypes.NameIn(nil, fn))
	}
	if !k.inside(k.info.TypeOf(k.stack[i].(ast.Expr))) {
		return reading // the result is a copy
	}
	u := *k.follow(i-1, false)
	for j, arg := range call.Args {
		sig, ok := k.info.TypeOf(arg).Underlying().(*types.Signature)
		if !ok || j == n {
			continue
		}
		if _, literal := ast.Unparen(arg).(*ast.FuncLit); !literal || u.result != nil {
			return k.harm("hands what " + k.name + " holds to a function")
		}
		u.to = slices.AppendSeq(u.to, sig.Params().Variables())
	}
	return &u
}

// asked are the receivers of the methods that a function outside of the module looks for in a value of type t, and calls.
func (k *classer) asked(names []string, t types.Type) (vs []*types.Var) {
	within, open := k.namedWithin(t)
	for _, name := range names {
		for _, fn := range k.aliases.methods[name] {
			if open || slices.Contains(within, types.Type(gotypes.Receiver(fn))) {
				vs = append(vs, fn.Signature().Recv())
			}
		}
	}
	return vs
}
