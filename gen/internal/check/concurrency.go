// Rule: goroutines and channels belong to the run. gen/internal/lower replaces them by the run's own.

package check

import (
	"go/ast"
	"go/token"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

var concurrencyRule = rule{visit: func(v *visitor, x ast.Node) {
	switch x := x.(type) {
	case *ast.GoStmt:
		v.effect(x.Pos(), stdlib.GoStatement, "a go statement", false)
	case *ast.SelectStmt:
		v.effect(x.Pos(), stdlib.Channels, "a select", false)
	case *ast.SendStmt:
		v.effect(x.Arrow, stdlib.Channels, "a send", false)
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			v.effect(x.Pos(), stdlib.Channels, "a receive", false)
		}
	case *ast.RangeStmt:
		if gotypes.ChanType(v.info.TypeOf(x.X)) != nil {
			v.effect(x.Pos(), stdlib.Channels, "a range over a channel", false)
		}
	case *ast.ForStmt:
		if Spins(v.info, x) && !v.index.IsExternal(v.node.Pkg) {
			v.effect(x.Pos(), "", "a loop that waits for an atomic variable", false)
		}
	}
}}
