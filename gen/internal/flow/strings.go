// This file follows strings back to constants.

package flow

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// maxStrings limits the number of strings that a value may have. A value with more may have any.
const maxStrings = 1000

// strings returns what a string may be if it is made of constants alone. A parameter has the argument of the caller, or else
// that of any call.
func (v *Values) strings(s ssa.Value, by *caller, seen map[ssa.Value]bool) (texts []string, known bool) {
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
		left, known := v.strings(x.X, by, seen)
		if !known {
			return nil, false
		}
		right, known := v.strings(x.Y, by, seen)
		return concatenated(left, right), known && len(left)*len(right) <= maxStrings
	case *ssa.Phi:
		return v.stringsOf(x.Edges, by, seen)
	case *ssa.Parameter:
		if by != nil && by.fn == x.Parent() {
			return v.strings(by.argument(x), by.by, seen)
		}
		return v.stringsOf(v.passed(x), nil, seen)
	}
	return nil, false
}

// stringsOf returns what any of some strings may be. They are not known if there are none: a parameter for which no call
// in reach passes an argument.
func (v *Values) stringsOf(all []ssa.Value, by *caller, seen map[ssa.Value]bool) (texts []string, known bool) {
	for _, s := range all {
		some, known := v.strings(s, by, seen)
		if !known || len(texts)+len(some) > maxStrings {
			return nil, false
		}
		texts = append(texts, some...)
	}
	return texts, len(all) > 0
}

// concatenated returns each string of left followed by each string of right, unless there are too many.
func concatenated(left, right []string) (texts []string) {
	if len(left)*len(right) > maxStrings {
		return nil
	}
	for _, l := range left {
		for _, r := range right {
			texts = append(texts, l+r)
		}
	}
	return texts
}
