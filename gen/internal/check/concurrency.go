package check

import (
	"go/ast"
	"go/token"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file finds goroutines and what they meet at: they are durable, and gen/internal/lower puts the run's own in their place.

// concurrency enters goroutines, and operations on channels.
func (s *scanner) concurrency(x ast.Node) {
	switch x := x.(type) {
	case *ast.GoStmt:
		s.effect(x.Pos(), stdlib.GoStatement, "a go statement", false)
	case *ast.SelectStmt:
		s.effect(x.Pos(), stdlib.Channels, "a select", false)
	case *ast.SendStmt:
		s.effect(x.Arrow, stdlib.Channels, "a send", false)
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			s.effect(x.Pos(), stdlib.Channels, "a receive", false)
		}
	case *ast.RangeStmt:
		if gotypes.ChanType(s.info.TypeOf(x.X)) != nil {
			s.effect(x.Pos(), stdlib.Channels, "a range over a channel", false)
		}
	}
}
