// This file prints payloads: their values, if this program can decode them.

package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// previewLimit is how many characters of a value are shown in a line.
const previewLimit = 100

// Values are the values of a payload. As JSON they are a list or, if they cannot be decoded here, an object with their
// encoding, size and place.
type Values struct {
	list   []json.RawMessage
	sealed *sealed // set if they cannot be decoded
}

// sealed describes values that cannot be decoded.
type sealed struct {
	Encoding string `json:"encoding"`
	Bytes    int64  `json:"bytes"`
	Object   string `json:"object,omitempty"`
}

// NewValues decodes a payload.
func NewValues(p history.Payload) Values {
	if p.Object != "" {
		return Values{sealed: &sealed{p.Encoding, p.Size, p.Object}}
	}
	var list []json.RawMessage
	if p.Encoding == "" && len(p.Data) == 0 || p.Encoding == "json" && json.Unmarshal(p.Data, &list) == nil {
		return Values{list: list}
	}
	return Values{sealed: &sealed{p.Encoding, int64(len(p.Data)), ""}}
}

// values is NewValues, nil if there is nothing to show.
func values(p history.Payload) *Values {
	v := NewValues(p)
	if len(v.list) == 0 && v.sealed == nil {
		return nil
	}
	return &v
}

// List returns the values as JSON, and false if they cannot be decoded here.
func (v Values) List() ([]json.RawMessage, bool) { return v.list, v.sealed == nil }

// MarshalJSON implements json.Marshaler.
func (v Values) MarshalJSON() ([]byte, error) {
	if v.sealed != nil {
		return json.Marshal(v.sealed)
	}
	return json.Marshal(v.list)
}

// zero reports whether all values are zero values: what Go functions return next to an error.
func (v *Values) zero() bool {
	if v == nil || v.sealed != nil {
		return false
	}
	return !slices.ContainsFunc(v.list, func(value json.RawMessage) bool {
		return !slices.Contains([]string{`""`, "0", "false", "null"}, string(value))
	})
}

// String is the values in one line, shortened if it is long; empty if there are none.
func (v *Values) String() string {
	switch {
	case v == nil:
		return ""
	case v.sealed != nil && v.sealed.Object != "":
		return fmt.Sprintf("(%d bytes in the object store)", v.sealed.Bytes)
	case v.sealed != nil:
		return fmt.Sprintf("(%d bytes, %s)", v.sealed.Bytes, v.sealed.Encoding)
	}
	parts := make([][]byte, len(v.list))
	for i, value := range v.list {
		parts[i] = value
	}
	return clip(oneLine(string(bytes.Join(parts, []byte(", ")))))
}

// oneLine replaces characters that would break a line or a terminal.
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
