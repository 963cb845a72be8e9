// Package alias finds the package variables that may be written through another name.
//
// Workflows may read a package variable if nothing writes it after its initialization. An assignment to the variable is
// easy to see. But a pointer, a map or a slice shares what it points to with its copies: with a local variable, a
// parameter, a receiver, a result. Whoever writes through such a copy writes what the variable holds.
//
// Each mention of a variable is classified once, for the whole module. Either it only reads, or it copies what the
// variable holds to other variables, or it is harmful: it writes, or it puts the value where it is no longer followed,
// such as in a field or in a call of a function value. What finally happens to a variable is the least fixpoint over
// these uses: a variable is harmed if one of its uses is harmful or copies it to a variable that is harmed.
//
// The analysis is conservative:
//   - Levels of a value are not distinguished: an element of a slice counts as much as the slice.
//   - A parameter stands for the arguments of all calls, and a method of an interface for all methods of the module that
//     implement it.
//   - A function outside of the module writes and keeps its arguments, unless package stdlib says otherwise.
//   - The order of statements is ignored.
//
// Values that share nothing which can be written are not followed: numbers and strings, structs of them, and the types
// that package stdlib calls immutable. Functions are not followed either. The checker looks at what function variables
// hold by itself.
package alias

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
)

// Analysis knows the uses of variables of a module. It isn't changed after Analyze, and is safe for concurrent use as
// long as the index isn't changed.
type Analysis struct {
	sharing  *sharing
	uses     map[*ast.Ident]*use
	of       map[*types.Var][]*use
	harmed   map[*types.Var]*use // the use that does the harm
	returned map[*types.Var]bool // variables whose function returns what they hold
}

// Analyze looks at all declarations of a program. It calls changesReceiver to find out whether a method may change what
// its receiver points to.
func Analyze(index *decls.Index, changesReceiver func(*types.Func) bool) *Analysis {
	a := &Analysis{
		sharing: newSharing(index), uses: map[*ast.Ident]*use{}, of: map[*types.Var][]*use{},
		harmed: map[*types.Var]*use{}, returned: map[*types.Var]bool{},
	}
	var vars []*types.Var // in the order of the source, so that the same use is blamed on every run
	c := &classifier{index: index, sharing: a.sharing, changesReceiver: changesReceiver, methods: methodsOf(index)}
	index.Each(func(part decls.Part) {
		c.classify(part, func(id *ast.Ident, v *types.Var, u *use) {
			if len(a.of[v]) == 0 {
				vars = append(vars, v)
			}
			a.uses[id], a.of[v] = u, append(a.of[v], u)
		})
	})
	for again := true; again; {
		again = false
		for _, v := range vars {
			again = a.update(v) || again
		}
	}
	return a
}

// update takes one step towards the fixpoint for a variable. It reports whether anything changed.
func (a *Analysis) update(v *types.Var) (changed bool) {
	for _, u := range a.of[v] {
		harm, returned := a.outcome(u)
		if old := a.harmed[v]; harm != nil && (old == nil || harm.write && !old.write) {
			a.harmed[v], changed = harm, true
		}
		if returned && !a.returned[v] {
			a.returned[v], changed = true, true
		}
	}
	return changed
}

// outcome returns what a use leads to, as far as it is known: the use that does the harm, and whether the function
// around it returns what the variable holds. A use that writes is preferred to one that only may.
func (a *Analysis) outcome(u *use) (harm *use, returned bool) {
	if u.harm != "" {
		return u, false
	}
	returned = u.returned
	for _, v := range u.to {
		if h := a.harmed[v]; h != nil && (harm == nil || h.write && !harm.write) {
			harm = h
		}
		if !a.returned[v] {
			continue
		}
		if u.result == nil {
			returned = true
			continue
		}
		h, r := a.outcome(u.result)
		returned = returned || r
		if harm == nil {
			harm = h
		}
	}
	return harm, returned
}

// Use is what one mention of a variable leads to.
type Use struct {
	// Harm says why what the variable holds may be written, as in "bump writes p". It is empty if nothing may write it.
	Harm string
	// Writes is set if the harm is a write, and not only a possible one.
	Writes bool
	// Returned is set if the function around the mention returns what the variable holds.
	Returned bool
	// Bound is set if the mention makes a method value with the variable as its receiver.
	Bound bool
}

// Use returns what a mention of a variable leads to. It returns false if id is no such mention, or if the variable shares
// nothing.
func (a *Analysis) Use(id *ast.Ident) (Use, bool) {
	u := a.uses[id]
	if u == nil {
		return Use{}, false
	}
	harm, returned := a.outcome(u)
	out := Use{Returned: returned, Bound: u.bound}
	if harm != nil {
		out.Harm, out.Writes = harm.harm, harm.write
	}
	return out, true
}

// Shares reports whether two values of type t may share something that can be written.
func (a *Analysis) Shares(t types.Type) bool { return a.sharing.shares(t) }

// methodsOf returns the methods that a program declares, by name.
func methodsOf(index *decls.Index) map[string][]*types.Func {
	methods := map[string][]*types.Func{}
	index.Each(func(part decls.Part) {
		if d, ok := part.Decl.(*ast.FuncDecl); ok && d.Recv != nil {
			if fn, ok := part.Pkg.Info.Defs[d.Name].(*types.Func); ok {
				methods[fn.Name()] = append(methods[fn.Name()], fn)
			}
		}
	})
	return methods
}
