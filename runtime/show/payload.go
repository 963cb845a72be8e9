package show

// What is seen of a payload: one line, cut where it gets long.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pawlhq/pawl/runtime/history"
)

// previewLimit is how many characters of a payload are shown.
const previewLimit = 100

// Payload is a payload as one line: its JSON values, or how large and in which encoding it is. It is empty for a
// payload without values.
func Payload(p history.Payload) string {
	switch {
	case p.Object != "":
		return fmt.Sprintf("(%d bytes in the object store)", p.Size)
	case p.Encoding == "" && len(p.Data) == 0:
		return ""
	case p.Encoding == "json":
		return clip(oneLine(values(p.Data)))
	}
	return fmt.Sprintf("(%d bytes, %s)", len(p.Data), p.Encoding)
}

// values is a list of values without its brackets.
func values(data []byte) string {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return string(data)
	}
	return string(bytes.Join(toBytes(list), []byte(", ")))
}

func toBytes(list []json.RawMessage) [][]byte {
	out := make([][]byte, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// oneLine replaces what would break a line, or a terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

func clip(text string) string {
	if utf8.RuneCountInString(text) <= previewLimit {
		return text
	}
	return string([]rune(text)[:previewLimit-1]) + "…"
}
