// Rule: built-in functions that print, close a channel, ask for its length, or recover.

package check

import (
	"go/ast"

	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

var builtinRule = rule{visit: func(v *visitor, x ast.Node) {
	switch call, name := v.builtin(x); name {
	case "print", "println":
		v.effect(call.Pos(), "", name, false)
	case "close":
		v.effect(call.Pos(), stdlib.Channels, "close", false)
	case "len":
		if MayBeSignal(v.info.TypeOf(call.Args[0])) {
			v.effect(call.Pos(), stdlib.Channels, "len of a channel", false)
		}
	case "recover":
		if !v.inLiteral() {
			v.node.Recovers = true
		}
	}
}}
