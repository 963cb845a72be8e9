// Decoders, whose times are in the zone of the host if that has the offset in the text.

package check

import (
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// checkDecoder adds what a decoder does. It reports whether the function is a decoder whose times the run has to look
// after. In methods that decoders call it is none: the decoder that calls them looks through all that they have made.
func checkDecoder(v *visitor, m mention) bool {
	at, name := m.id.Pos(), gotypes.NameIn(nil, m.fn)
	if v.node.Func != nil && isUnmarshaler(v.node.Func) {
		if DecodesTimes(v.info, v.stack) && !mayHoldTime(v.node.Func.Signature().Recv().Type(), map[types.Type]bool{}) {
			v.report(at, stdlib.TimeZone, "decode the time as a string, and parse it with time.ParseInLocation and time.UTC",
				"calls %s for times that are not in exported fields, so they stay in the zone of the host if it has their offset", name)
		}
		return false
	}
	switch {
	case decodesTimes(v.info, v.stack, stdlib.HostTimes):
		v.report(at, stdlib.TimeZone, "decode the time as a string, and parse it with time.Parse", "calls %s, which decodes times in the zone of the host if it has their offset", name)
	case !DecodesTimes(v.info, v.stack):
		return false
	case v.graph.External(v.node): // has no copy, and is trusted with what it does not name
		return false
	default:
		v.effect(at, stdlib.TimeZone, name, m.value())
	}
	return true
}

// isUnmarshaler reports whether a function is a method that decoders look for.
func isUnmarshaler(fn *types.Func) bool {
	return fn.Signature().Recv() != nil && (strings.HasPrefix(fn.Name(), "Unmarshal") || fn.Name() == "GobDecode")
}
