// This file identifies the build of the running program.

package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"
)

// build returns the hash of the program's executable, or "unknown".
var build = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	file, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "unknown"
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
})
