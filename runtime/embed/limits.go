// This file refuses options of the server that cannot work, before anything is started.

package embed

import (
	"errors"
	"fmt"
	"time"
)

const (
	minSync    = time.Millisecond // the server fails at shorter intervals, and would only sync
	maxPayload = 64 << 20         // what the server sends to one connection at a time
)

// check returns what is wrong with the options.
func (o *Options) check() error {
	var problems []error
	refuse := func(option string, value any, want string) {
		problems = append(problems, fmt.Errorf("option %s of the embedded NATS server is %v: it must be %s", option, value, want))
	}
	if o.Port < RandomPort || o.Port > 65535 {
		refuse("Port", o.Port, "a port up to 65535, RandomPort, or 0 for none")
	}
	if o.SyncInterval != 0 && o.SyncInterval < minSync {
		refuse("SyncInterval", o.SyncInterval, fmt.Sprintf("at least %v, or 0 to sync each write", minSync))
	}
	if o.MaxStore < 0 {
		refuse("MaxStore", o.MaxStore, "a number of bytes, or 0 for the default")
	}
	if o.MaxPayload < 0 || o.MaxPayload > maxPayload {
		refuse("MaxPayload", o.MaxPayload, fmt.Sprintf("at most %d bytes, or 0 for the default", maxPayload))
	}
	return errors.Join(problems...)
}
