package worker

import (
	"crypto/rand"
	"encoding/hex"
)

// newID is a random word of 32 hexadecimal digits.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
