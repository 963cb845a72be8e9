// This file makes texts fit for storage.

package history

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Cut returns text in valid UTF-8 and in at most limit bytes. It says how long a text was that it has cut.
func Cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	note := fmt.Sprintf("… (%d bytes)", len(text))
	end := max(0, limit-len(note))
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + note
}

// named adds what was being decoded to err.
func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("corrupt %s: %w", what, err)
}
