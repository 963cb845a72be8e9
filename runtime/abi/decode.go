// This file is about decoders. They give times in the zone of the host where it has the offset of the text; a replay on
// another host would have another zone.

package abi

import (
	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

// Unmarshal is a function such as json.Unmarshal in a run: what it fills knows no zone of the host.
func Unmarshal(decode func([]byte, any) error) func([]byte, any) error {
	return func(data []byte, into any) error {
		defer payloads.RebaseTimes(into)
		return decode(data, into)
	}
}

// Decode is a method such as json.Decoder.Decode in a run: what it fills knows no zone of the host.
func Decode(decode func(any) error) func(any) error {
	return func(into any) error {
		defer payloads.RebaseTimes(into)
		return decode(into)
	}
}
