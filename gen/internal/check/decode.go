package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file is about decoders, whose times are in the zone of the host where it has the offset of the text.

// DecodesTimes reports whether the identifier on top of a stack of nodes names a decoder that may give times, and that a
// run has to look after.
func DecodesTimes(info *types.Info, stack []ast.Node) bool {
	return decodesTimes(info, stack, stdlib.FixableTimes)
}

func decodesTimes(info *types.Info, stack []ast.Node, by stdlib.Decoding) bool {
	fn, _ := info.Uses[stack[len(stack)-1].(*ast.Ident)].(*types.Func)
	if fn == nil || stdlib.Of(fn).Decodes != by {
		return false
	}
	_, call := gotypes.Reference(stack)
	if call == nil {
		return true
	}
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		t := info.TypeOf(arg)
		return t != nil && types.IsInterface(t) || mayHoldTime(t, map[types.Type]bool{})
	})
}

// mayHoldTime reports whether a decoder may put a time into a value of a type. Into an interface it puts none.
func mayHoldTime(t types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "time" {
		return n.Obj().Name() == "Time"
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case interface{ Elem() types.Type }: // pointers, slices, arrays and maps
		return mayHoldTime(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if (f.Exported() || f.Anonymous()) && mayHoldTime(f.Type(), seen) {
				return true
			}
		}
	case *types.Tuple:
		return true
	}
	return false
}

// decoder enters what a decoder does; it reports whether the function is one of whose times a run has to look after. In
// methods that decoders call it is not: the decoder that calls them looks through all that they have made.
func (s *scanner) decoder(at token.Pos, fn *types.Func, value bool) bool {
	if s.n.fn != nil && unmarshals(s.n.fn) {
		s.hiding(at, fn)
		return false
	}
	switch {
	case decodesTimes(s.info, s.stack, stdlib.HostTimes):
		s.report(at, stdlib.TimeZone, "decode the time as a string, and parse it with time.Parse", "calls %s, whose times are in the zone of the host where it has their offset", gotypes.NameIn(nil, fn))
	case !decodesTimes(s.info, s.stack, stdlib.FixableTimes):
		return false
	case s.index.IsExternal(s.n.pkg): // has no copy, and is trusted with what it does not name
		return false
	default:
		s.effect(at, stdlib.TimeZone, gotypes.NameIn(nil, fn), value)
	}
	return true
}

// hiding rejects a decoder that fills a receiver in which nobody finds the times, because no field of it is exported.
func (s *scanner) hiding(at token.Pos, fn *types.Func) {
	if decodesTimes(s.info, s.stack, stdlib.FixableTimes) && !mayHoldTime(s.n.fn.Signature().Recv().Type(), map[types.Type]bool{}) {
		s.report(at, stdlib.TimeZone, "decode the time as a string, and parse it with time.ParseInLocation and time.UTC",
			"calls %s for times that are not in exported fields, so that they stay in the zone of the host where it has their offset", gotypes.NameIn(nil, fn))
	}
}

// unmarshals reports whether a function is a method that decoders look for.
func unmarshals(fn *types.Func) bool {
	return fn.Signature().Recv() != nil && (strings.HasPrefix(fn.Name(), "Unmarshal") || fn.Name() == "GobDecode")
}
