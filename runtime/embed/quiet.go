// Servers in a synctest bubble. Time passes quickly there, so what a server does every second or every ten seconds costs more
// than the test. Two such activities have no option: the statistics that a server publishes, and the check for log messages
// that may be repeated.

package embed

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/nats-io/nats-server/v2/server"
)

// rarely is the period of what a quiet server does from time to time.
const rarely = 1000 * time.Hour

// quiet stops what a server does from time to time. A field that another version of the server does not have is skipped: then
// time in a bubble is expensive again, which a test of package pawltest notices.
func quiet(s *server.Server) {
	fields := reflect.ValueOf(s).Elem()
	if timer, ok := pointed[*time.Timer](fields, "sys", "stmr"); ok && *timer != nil {
		(*timer).Stop()
	}
	if interval, ok := pointed[chan time.Duration](fields, "rateLimitLoggingCh"); ok {
		select {
		case *interval <- rarely:
		default:
		}
	}
}

// pointed returns a pointer to a field of a struct, on a path of fields that may be pointers to structs.
func pointed[T any](v reflect.Value, path ...string) (*T, bool) {
	for _, name := range path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return nil, false
			}
			v = v.Elem()
		}
		if v = v.FieldByName(name); !v.IsValid() {
			return nil, false
		}
	}
	if v.Type() != reflect.TypeFor[T]() {
		return nil, false
	}
	return (*T)(unsafe.Pointer(v.UnsafeAddr())), true
}
