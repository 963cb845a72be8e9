//go:build !sunny && go1.21

package constraints

import (
	"fmt"
	"time"
)

// weather is of language version 1.21, whose loops share their variables.
func weather() string {
	var last []*string
	for k, v := range map[string]time.Duration{"rain": time.Minute, "wind": time.Second} {
		time.Sleep(v)
		last = append(last, &k)
	}
	return fmt.Sprint(*last[0] == *last[1])
}
