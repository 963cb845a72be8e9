// This file replaces decoders in lowered code. A decoded time is in the host's zone if that has the offset in the text. A
// replay on another host would see another zone.

package abi

import (
	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

// Unmarshal is a function such as json.Unmarshal in a run: no time in the result is in the host's zone.
func Unmarshal(decode func([]byte, any) error) func([]byte, any) error {
	return func(data []byte, into any) error {
		defer payloads.RebaseTimes(into)
		return decode(data, into)
	}
}

// Decode is a method such as json.Decoder.Decode in a run: no time in the result is in the host's zone.
func Decode(decode func(any) error) func(any) error {
	return func(into any) error {
		defer payloads.RebaseTimes(into)
		return decode(into)
	}
}
