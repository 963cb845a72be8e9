package check

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file finds what printing functions are given where no call names them with all that they print: where they are
// called as values, and where a function hands on the arguments, and perhaps the format, that it was called with.

// calledValue enters what is given to a function value that may be one of those that print.
func (s *scanner) calledValue(call *ast.CallExpr) {
	sig, ok := gotypes.CoreType(s.info.TypeOf(call.Fun)).(*types.Signature)
	if !ok || s.info.Types[call.Fun].IsType() || !printsLike(sig) {
		return
	}
	p := printing{call: call.Lparen, value: true, spread: call.Ellipsis.IsValid(), verb: plainly}
	for i, arg := range call.Args[min(len(call.Args), sig.Params().Len()-1):] {
		s.n.prints = append(s.n.prints, p.of(i, arg))
	}
}

// printsLike reports whether a signature is one of a function that may print: it takes any number of values of any type.
func printsLike(sig *types.Signature) bool {
	if !sig.Variadic() {
		return false
	}
	list, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	return ok && types.Identical(list.Elem().Underlying(), types.NewInterfaceType(nil, nil))
}

// callsPrinter reports whether a call may be one of a function that prints.
func (v *values) callsPrinter(site ssa.CallInstruction) bool {
	node := v.graph.Nodes[site.Parent()]
	if node == nil {
		return false
	}
	for _, e := range node.Out {
		if fn, ok := e.Callee.Func.Object().(*types.Func); ok && e.Site == site && stdlib.Of(fn).Prints {
			return true
		}
	}
	return false
}

// ways are how a call may print an argument.
func (v *values) ways(p printing, call *ssa.CallCommon) []verb {
	format := formatOf(call)
	switch {
	case !p.value && !p.spread:
		return []verb{p.verb}
	case format == nil:
		return []verb{plainly}
	}
	texts, known := v.texts(format, map[ssa.Value]bool{})
	if !known {
		return []verb{somehow}
	}
	ways := []verb{plainly}
	for _, text := range texts {
		for _, by := range verbs(text) {
			if by.verb == 'p' && !slices.Contains(ways, by) {
				ways = append(ways, by)
			}
		}
	}
	return ways
}

// formatOf is the argument of a printing function that says how the others are printed, or nil.
func formatOf(call *ssa.CallCommon) ssa.Value {
	params := call.Signature().Params()
	if i := params.Len() - 2; i >= 0 && types.Identical(params.At(i).Type(), types.Typ[types.String]) {
		return call.Args[len(call.Args)-2]
	}
	return nil
}

// mostTexts is how many texts a string may be before it counts as any text.
const mostTexts = 1000

// texts are what a string may be, if it is made of constants alone.
func (v *values) texts(s ssa.Value, seen map[ssa.Value]bool) (texts []string, known bool) {
	if seen[s] {
		return nil, false
	}
	seen[s] = true
	defer delete(seen, s)
	switch x := s.(type) {
	case *ssa.Const:
		if x.Value == nil || x.Value.Kind() != constant.String {
			return nil, false
		}
		return []string{constant.StringVal(x.Value)}, true
	case *ssa.BinOp:
		if x.Op != token.ADD {
			return nil, false
		}
		left, known := v.texts(x.X, seen)
		if !known {
			return nil, false
		}
		right, known := v.texts(x.Y, seen)
		return joined(left, right), known && len(left)*len(right) <= mostTexts
	case *ssa.Phi:
		return v.textsOf(x.Edges, seen)
	case *ssa.Parameter:
		return v.textsOf(v.passed(x), seen)
	}
	return nil, false
}

// textsOf are what any of some strings may be. What is passed by nobody in sight may be anything.
func (v *values) textsOf(all []ssa.Value, seen map[ssa.Value]bool) (texts []string, known bool) {
	for _, s := range all {
		some, known := v.texts(s, seen)
		if !known || len(texts)+len(some) > mostTexts {
			return nil, false
		}
		texts = append(texts, some...)
	}
	return texts, len(all) > 0
}

// joined are all texts of one list with all of another behind them, unless they are too many.
func joined(left, right []string) (texts []string) {
	if len(left)*len(right) > mostTexts {
		return nil
	}
	for _, l := range left {
		for _, r := range right {
			texts = append(texts, l+r)
		}
	}
	return texts
}
