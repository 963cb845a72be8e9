// Package writes finds out which code writes which variables.
//
// A write is an assignment, a use of an address, a change by a built-in function, an operation on a channel, or a call of
// a method that changes what its receiver points to. Methods of the program are examined. Of all others, those are
// trusted that package stdlib knows to keep their receivers as they are.
package writes

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Writes is what is known about the writes of a program.
type Writes struct {
	index    *decls.Index
	writers  map[*types.Var]*types.Func
	mutators map[*types.Func]bool
	initial  map[*types.Func]bool        // run only while packages are initialized
	through  map[*types.Var]*types.Func  // writes what a variable points to
	reach    map[*types.Var][]*types.Var // package variables of which an initializer takes the address, by the variable that it is for
}

// Find examines all functions of a program. Init functions are added to the initialization of the variables that they
// write.
func Find(x *decls.Index) *Writes {
	w := &Writes{index: x, writers: map[*types.Var]*types.Func{}, mutators: map[*types.Func]bool{}, initial: initial(x),
		through: map[*types.Var]*types.Func{}, reach: map[*types.Var][]*types.Var{}}
	w.findMutators()
	x.Each(func(p decls.Part) {
		if d, ok := p.Decl.(*ast.FuncDecl); ok {
			w.findWrites(p, d)
		} else {
			w.findAddresses(p, p.Decl.(*ast.GenDecl))
		}
	})
	return w
}

// Writer returns a function that writes a package variable after its initialization, or nil if there is none. Of
// several, it is the one whose declaration comes first.
func (w *Writes) Writer(v *types.Var) *types.Func { return w.writers[v] }

// Initial reports whether a declaration is a function that runs only while packages are initialized.
func (w *Writes) Initial(part decls.Part) bool {
	d, ok := part.Decl.(*ast.FuncDecl)
	if !ok {
		return false
	}
	fn, _ := part.Pkg.Info.Defs[d.Name].(*types.Func)
	return decls.IsInit(d) || w.initial[fn]
}

// AddWriter records that fn writes a package variable through another name. Direct writes win.
func (w *Writes) AddWriter(v *types.Var, fn *types.Func) {
	if w.writers[v] == nil {
		w.writers[v] = fn
	}
	if w.through[v] == nil {
		w.through[v] = fn
	}
}

// Finish carries writes on to the variables whose addresses other variables are initialized with. It is called when all writers
// are known.
func (w *Writes) Finish() {
	for again := true; again; {
		again = false
		for v, targets := range w.reach {
			for _, t := range targets {
				if w.through[v] != nil && w.through[t] == nil {
					w.AddWriter(t, w.through[v])
					again = true
				}
			}
		}
	}
}

// findAddresses finds the package variables of which initializers take the address, or a slice.
func (w *Writes) findAddresses(part decls.Part, decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok || decl.Tok != token.VAR {
			continue
		}
		for _, value := range spec.Values {
			ast.PreorderStack(value, nil, func(x ast.Node, stack []ast.Node) bool {
				var of ast.Expr
				switch x := x.(type) {
				case *ast.UnaryExpr:
					if x.Op == token.AND {
						of = x.X
					}
				case *ast.SliceExpr:
					of = x.X
				}
				if t, ok := RootOf(part.Pkg.Info, of); ok && gotypes.IsPackageVar(t.Var) {
					if _, passed := gotypes.Enclosing[*ast.CallExpr](stack); passed {
						w.index.AddInit(t.Var, part) // what is called may write it
					}
					for _, name := range spec.Names {
						if v, ok := part.Pkg.Info.Defs[name].(*types.Var); ok {
							w.reach[v] = append(w.reach[v], t.Var)
						}
					}
				}
				return true
			})
		}
	}
}

func (w *Writes) findWrites(part decls.Part, decl *ast.FuncDecl) {
	info := part.Pkg.Info
	fn, _ := info.Defs[decl.Name].(*types.Func)
	ast.Inspect(decl, func(x ast.Node) bool {
		for _, t := range w.Targets(info, x) {
			switch {
			case !gotypes.IsPackageVar(t.Var):
			case t.Deep && !w.Initial(part) && w.through[t.Var] == nil:
				w.through[t.Var] = fn
			}
			switch {
			case !gotypes.IsPackageVar(t.Var):
			case w.Initial(part):
				w.index.AddInit(t.Var, part)
			case w.writers[t.Var] == nil || fn.Pos() < w.writers[t.Var].Pos():
				w.writers[t.Var] = fn
			}
		}
		return true
	})
}

// findMutators finds the methods that change what their receivers point to: methods that write through the receiver, or
// that call such a method on it.
func (w *Writes) findMutators() {
	for before := -1; before != len(w.mutators); {
		before = len(w.mutators)
		for fn, d := range w.index.Funcs {
			if !w.mutators[fn] && d.Decl.Recv != nil && w.mutates(d) {
				w.mutators[fn] = true
			}
		}
	}
}

func (w *Writes) mutates(d decls.Func) (mutates bool) {
	names := d.Decl.Recv.List[0].Names
	if len(names) == 0 || d.Decl.Body == nil {
		return false
	}
	recv, info := d.Pkg.Info.Defs[names[0]], d.Pkg.Info
	ast.Inspect(d.Decl.Body, func(x ast.Node) bool {
		for _, t := range w.Targets(info, x) {
			mutates = mutates || t.Var == recv && t.Deep
		}
		return !mutates
	})
	return mutates
}

// Target is a variable that a node writes: the one at the root of the expression that it assigns to.
type Target struct {
	Root *ast.Ident
	Var  *types.Var
	Deep bool   // through a pointer, a map or a slice; the variable itself may keep its value
	How  string // "writes", "takes the address of", "calls Add on"
	Rule string // the rule that is broken if all runs share the variable; empty for the general one
}

// Targets returns the variables that a single node writes. Nodes below it are not examined.
func (w *Writes) Targets(info *types.Info, x ast.Node) (ts []Target) {
	addBy := func(rule string, e ast.Expr, how string) {
		if t, ok := RootOf(info, e); ok {
			t.How, t.Rule = how, rule
			ts = append(ts, t)
		}
	}
	add := func(e ast.Expr, how string) { addBy("", e, how) }
	if ch, how := channelOf(info, x); ch != nil {
		addBy(stdlib.Channels, ch, how)
	}
	switch x := x.(type) {
	case *ast.AssignStmt:
		if x.Tok != token.DEFINE {
			for _, e := range x.Lhs {
				add(e, "writes")
			}
		}
	case *ast.IncDecStmt:
		add(x.X, "writes")
	case *ast.RangeStmt:
		if x.Tok == token.ASSIGN {
			add(x.Key, "writes")
			add(x.Value, "writes")
		}
	case *ast.UnaryExpr:
		if _, literal := ast.Unparen(x.X).(*ast.CompositeLit); x.Op == token.AND && !literal {
			add(x.X, "takes the address of")
		}
	case *ast.CallExpr:
		if e, how, rule := w.writtenBy(info, x); e != nil {
			addBy(rule, e, how)
		}
	}
	return ts
}

// channelOf is the channel that a node sends to, receives from or closes, and a verb for that; nil if it does none.
func channelOf(info *types.Info, x ast.Node) (ch ast.Expr, how string) {
	switch x := x.(type) {
	case *ast.SendStmt:
		return x.Chan, "sends on"
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			return x.X, "receives from"
		}
	case *ast.RangeStmt:
		if gotypes.ChanType(info.TypeOf(x.X)) != nil {
			return x.X, "receives from"
		}
	case *ast.CallExpr:
		if id, ok := ast.Unparen(x.Fun).(*ast.Ident); ok {
			if b, ok := info.Uses[id].(*types.Builtin); ok && b.Name() == "close" {
				return x.Args[0], "closes"
			}
		}
	}
	return nil, ""
}

// writtenBy is what a call itself writes: the argument of a built-in, or the receiver of a method that changes it.
func (w *Writes) writtenBy(info *types.Info, call *ast.CallExpr) (e ast.Expr, how, rule string) {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if _, builtin := info.Uses[id].(*types.Builtin); builtin && changesFirst(id.Name) && len(call.Args) > 0 {
			return call.Args[0], "writes", ""
		}
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || info.Selections[sel] == nil {
		return nil, "", ""
	}
	if fn := gotypes.Callee(info, call); fn != nil && w.ChangesReceiver(fn.Origin()) {
		return sel.X, "calls " + fn.Name() + " on", stdlib.Of(fn).ReceiverRule
	}
	return nil, "", ""
}

func changesFirst(builtin string) bool {
	return builtin == "delete" || builtin == "clear" || builtin == "copy"
}

// ChangesReceiver reports whether a method may change what its receiver points to. It reports false for functions.
func (w *Writes) ChangesReceiver(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	switch {
	case recv == nil:
		return false
	case w.index.Has(fn):
		return w.mutators[fn] || types.IsInterface(recv.Type()) && w.anyMutator(fn)
	case fn.Pkg() == nil || types.IsInterface(recv.Type()):
		return !stdlib.IsErrorMethodName(fn.Name()) && fn.Name() != "String"
	case stdlib.Of(fn).KeepsReceiver:
		return false
	}
	_, pointer := recv.Type().(*types.Pointer)
	return pointer || sharesCopies(gotypes.Receiver(fn))
}

// anyMutator reports whether a method that may implement an interface's method changes its receiver.
func (w *Writes) anyMutator(fn *types.Func) bool {
	iface := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	for m := range w.mutators {
		if m.Name() == fn.Name() && types.Implements(types.NewPointer(gotypes.Receiver(m)), iface) {
			return true
		}
	}
	return false
}

// sharesCopies reports whether copies of a value share what it holds.
func sharesCopies(t *types.Named) bool {
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Map, *types.Slice:
		return true
	}
	return false
}

// RootOf returns the variable at the root of an expression: v of v.f[i].g and of *v. It reports false if there is none.
func RootOf(info *types.Info, e ast.Expr) (t Target, ok bool) {
	for {
		switch x := e.(type) {
		case nil:
			return t, false
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			t.Deep = true
			e = x.X
		case *ast.IndexExpr:
			_, array := info.TypeOf(x.X).Underlying().(*types.Array)
			t.Deep = t.Deep || !array
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			if sel := info.Selections[x]; sel != nil {
				t.Deep = t.Deep || sel.Indirect() || gotypes.IsPointer(info.TypeOf(x.X))
				e = x.X
			} else {
				e = x.Sel
			}
		case *ast.Ident:
			t.Root = x
			t.Var, ok = info.Uses[x].(*types.Var)
			t.Deep = t.Deep || ok && gotypes.IsPointer(t.Var.Type())
			return t, ok
		default:
			return t, false
		}
	}
}
