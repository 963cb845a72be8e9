// Package panics says what the author's code panicked with. The value is not trusted: its methods may panic, too, end their
// goroutine, or never return.
package panics

import (
	"fmt"
	"strings"
	"time"
)

// patience is how long the methods of a value may take.
const patience = time.Second

// Text returns the value of a panic as text, in valid UTF-8.
func Text(v any) string {
	if text, ok := v.(string); ok {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	said := make(chan string, 1)
	go func() {
		text := fmt.Sprintf("a value of type %T, whose methods panic or end their goroutine", v)
		defer func() {
			_ = recover()
			said <- text
		}()
		text = strings.ToValidUTF8(fmt.Sprint(v), "\uFFFD")
	}()
	select {
	case text := <-said:
		return text
	case <-time.After(patience):
		return fmt.Sprintf("a value of type %T, whose methods do not return", v)
	}
}
