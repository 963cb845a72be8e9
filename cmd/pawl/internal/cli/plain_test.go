package cli

import (
	"strings"
	"testing"
)

func TestControlCharactersAreEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"one\ttwo\nthree é\n":    "one\ttwo\nthree é\n",
		"\x1b[2J\x1b]0;title\a":  `\u001b[2J\u001b]0;title\u0007`,
		"\u009b31m \x7f \r":      `\u009b31m \u007f \u000d`,
		"invalid \x9b31m \xc3(x": "invalid \ufffd31m \ufffd(x",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		var b strings.Builder
		w := &plain{w: &b}
		for i := range len(text) { // byte by byte
			if _, err := w.Write([]byte{text[i]}); err != nil {
				t.Fatal(err)
			}
		}
		if b.String() != want {
			t.Errorf("%q byte by byte: got %q, want %q", text, b.String(), want)
		}
	}
}
