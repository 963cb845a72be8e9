// The run's counterparts of built-in functions.

package lower

import (
	"fmt"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// builtins are the run's counterparts of built-in functions.
var builtins = map[string]string{"close": "Close", "print": "BuiltinPrint", "println": "BuiltinPrintln", "len": "Len"}

// printer is the type of print and println: func(...any).
var printer = types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(0, nil, "", types.NewSlice(types.Universe.Lookup("any").Type()))), nil, true)

// printer spells a function that prints what it is given.
func (l *lowerer) printer(target string) string {
	return fmt.Sprintf("%s(%s, %s.%s)", l.binder(ir.Plain, printer), l.names.run, l.names.abi, target)
}
