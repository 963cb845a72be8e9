// Rule: calls of package time whose arguments or results need a look.

package check

import (
	"go/ast"

	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

var timeRule = rule{visit: func(v *visitor, x ast.Node) {
	call, callee := v.call(x)
	switch {
	case stdlib.LoadLocation.Is(callee):
		if zone, ok := v.constantString(call.Args[0]); ok && zone == "Local" {
			v.report(call.Pos(), stdlib.TimeZone, stdlib.UseUTC, "loads the zone %q, which depends on the time zone of the host", zone)
		}
	case stdlib.Tick.Is(callee) && v.node.Var == nil:
		v.remark(call.Pos(), stdlib.Timers, "use time.NewTicker and its Stop method, or sleep in a loop", "calls time.Tick, whose ticker cannot be stopped: each tick is an event in the history")
	}
}}
