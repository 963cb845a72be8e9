// Output without control characters. Much of what pawl prints comes from programs and their users: ids, errors, values. It
// must not move the cursor, change the title of a terminal or hide other lines.

package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain writes text without control characters other than newlines and tabs.
type plain struct {
	w    io.Writer
	rest []byte // an incomplete character
}

// Write implements io.Writer.
func (p *plain) Write(data []byte) (int, error) {
	text := append(p.rest, data...)
	end := len(text)
	for start := max(0, end-utf8.UTFMax+1); start < end; start++ {
		if utf8.RuneStart(text[start]) && !utf8.FullRune(text[start:]) {
			end = start
			break
		}
	}
	p.rest = append([]byte(nil), text[end:]...)
	if _, err := io.WriteString(p.w, Plain(string(text[:end]))); err != nil {
		return 0, err
	}
	return len(data), nil
}

// Plain returns text with its control characters, except newlines and tabs, in the form of JSON: \u001b. So JSON stays JSON.
func Plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r) // invalid UTF-8 as U+FFFD
	}
	return b.String()
}
