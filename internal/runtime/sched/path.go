// This file names coroutines: the names are part of the histories of runs.

package sched

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// firstPath is the path of the coroutine that runs the workflow's function.
const firstPath = "0"

// maxPath is the length in bytes from which a path is shortened, since version 2 of the rules. The id of an operation
// contains a path, is part of the names of messages in the store, and must stay short, however deep coroutines start
// coroutines.
const maxPath = 64

// childPath is the path of the n-th coroutine, from 0, that the coroutine with the path parent starts: "0.1" is the second
// one that the first one started. A path that would be too long is replaced by its hash: "~", then 128 bits of SHA-256.
func childPath(parent string, n int, rules uint32) string {
	path := parent + "." + strconv.Itoa(n)
	if rules < 2 || len(path) <= maxPath {
		return path
	}
	hash := sha256.Sum256([]byte(path))
	return "~" + hex.EncodeToString(hash[:16])
}
