//go:build unix

package constraints

import "time"

func nap() { time.Sleep(time.Minute) }
