// This file finds what a type switch leaves of a value in a case with several types.

package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// usedIn follows a value that is used in a block.
func (t *tracer) usedIn(val ssa.Value, b *ssa.BasicBlock) {
	left, ok := leftOf(plain(val), b)
	if !ok {
		t.value(val)
		return
	}
	for _, found := range t.values.trace(func(inner *tracer) { inner.value(val) }) {
		if types.IsInterface(found) || slices.ContainsFunc(left, func(is types.Type) bool { return types.AssignableTo(found, is) }) {
			t.find(found)
		}
	}
}

// plain returns a value before it was converted from one interface to another.
func plain(val ssa.Value) ssa.Value {
	for {
		x, ok := val.(*ssa.ChangeInterface)
		if !ok {
			return val
		}
		val = x.X
	}
}

// leftOf returns the types that a value may have in a block, if all ways there lead through tests of its type.
func leftOf(val ssa.Value, b *ssa.BasicBlock) (left []types.Type, ok bool) {
	for ; b != nil; b = b.Idom() {
		if left, ok := testedBefore(val, b); ok {
			return left, true
		}
	}
	return nil, false
}

// testedBefore returns the types for which the blocks before b branch to b, if they all do so for a type of val or for nil.
func testedBefore(val ssa.Value, b *ssa.BasicBlock) (left []types.Type, ok bool) {
	for _, pred := range b.Preds {
		branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
		if !ok || pred.Succs[0] != b || pred.Succs[1] == b {
			return nil, false
		}
		switch test := branch.Cond.(type) {
		case *ssa.Extract:
			assert, ok := test.Tuple.(*ssa.TypeAssert)
			if !ok || test.Index != 1 || plain(assert.X) != val {
				return nil, false
			}
			left = append(left, assert.AssertedType)
		case *ssa.BinOp:
			if test.Op != token.EQL || plain(test.X) != val || !isNil(test.Y) {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return left, len(b.Preds) > 0
}

func isNil(val ssa.Value) bool {
	c, ok := val.(*ssa.Const)
	return ok && c.IsNil()
}
