// This file follows the arguments of a variadic call through functions that hand on a list of arguments of their own.

package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Handed is a list of variadic arguments where it is made, with the string before it.
type Handed struct {
	// Calls are the opening parentheses of the calls that hand it on, the one that makes the list first.
	Calls []token.Pos

	values *Values
	by     *caller
	before ssa.Value // nil if there is no argument before the list
	list   ssa.Value
	array  *ssa.Alloc // of the arguments; nil if the list is not made here
}

// caller is a call of a function whose parameters have that call's arguments.
type caller struct {
	fn   *ssa.Function
	site ssa.CallInstruction
	by   *caller // of the function that contains the call
}

// argument returns what the call passes for a parameter.
func (c *caller) argument(p *ssa.Parameter) ssa.Value { return argument(c.site.Common(), p) }

// argument returns what a call passes for a parameter, or nil.
func argument(call *ssa.CallCommon, p *ssa.Parameter) ssa.Value {
	i := slices.Index(p.Parent().Params, p)
	if call.IsInvoke() {
		i-- // the receiver is not among Args
	}
	if 0 <= i && i < len(call.Args) {
		return call.Args[i]
	}
	return nil
}

// Handed returns the lists that the call may be given. It follows a parameter that is only read to each call in reach of its
// function.
func (c Call) Handed() []Handed {
	args := c.site.Common().Args
	var before ssa.Value
	if len(args) > 1 {
		before = args[len(args)-2]
	}
	return c.values.handed(Handed{Calls: []token.Pos{c.site.Common().Pos()}, values: c.values, before: before, list: c.list()}, nil)
}

func (v *Values) handed(h Handed, inside []*ssa.Function) (all []Handed) {
	p, ok := h.list.(*ssa.Parameter)
	if !ok || !onlyPassed(p) || slices.Contains(inside, p.Parent()) {
		if array, ok := variadic(h.list); ok {
			h.array = array
		}
		return []Handed{h}
	}
	for _, site := range v.callsOf(p.Parent()) {
		outer := h
		outer.list = argument(site.Common(), p)
		if outer.list == nil {
			continue
		}
		outer.Calls = append([]token.Pos{site.Common().Pos()}, h.Calls...)
		outer.by = &caller{p.Parent(), site, nil}
		if b, ok := h.before.(*ssa.Parameter); ok && b.Parent() == p.Parent() {
			outer.before, outer.by = argument(site.Common(), b), nil
		} else if h.by != nil {
			outer.by = h.by.within(outer.by)
		}
		all = append(all, v.handed(outer, append(slices.Clip(inside), p.Parent()))...)
	}
	return all
}

// within returns c with a further caller around its outermost one.
func (c *caller) within(outer *caller) *caller {
	if c.by == nil {
		return &caller{c.fn, c.site, outer}
	}
	return &caller{c.fn, c.site, c.by.within(outer)}
}

// callsOf returns the calls in reach of a function.
func (v *Values) callsOf(fn *ssa.Function) (sites []ssa.CallInstruction) {
	node := v.program.graph.Nodes[fn]
	if node == nil {
		return nil
	}
	for _, e := range node.In {
		if e.Site != nil && v.inReach[e.Site.Parent()] {
			sites = append(sites, e.Site)
		}
	}
	return sites
}

// Strings returns the strings that the argument before the list may be. If known is false it may be any other, too.
func (h Handed) Strings() (texts []string, known bool) {
	if h.before == nil {
		return nil, false
	}
	return h.values.strings(h.before, h.by, map[ssa.Value]bool{})
}

// Len returns how many arguments the list has, or -1 if that is not known.
func (h Handed) Len() int {
	if h.array == nil {
		if c, ok := h.list.(*ssa.Const); ok && c.IsNil() {
			return 0
		}
		return -1
	}
	return len(arguments(h.array))
}

// Types returns the types that the i-th argument may have, if it is an interface. If the length of the list is not known, it
// returns those of all arguments.
func (h Handed) Types(i int) []types.Type {
	if h.array == nil {
		return h.values.trace(func(t *tracer) { t.elements(h.list) })
	}
	arg := arguments(h.array)[i]
	return h.values.trace(func(t *tracer) { t.usedIn(arg, h.array.Block()) })
}
