// The lock of a data folder: one server at a time may use it. The kernel releases the lock when its process ends, even if
// the process is killed.

package embed

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// lockDir locks a folder for this process.
func lockDir(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, "pawl.lock"), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
	}
	if !locked {
		return nil, fmt.Errorf("data folder %s is in use by another embedded NATS server (process %s): "+
			"stop that server, connect to it by its URL, or use another folder", dir, holder(dir))
	}
	if err := os.WriteFile(pidFile(dir), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		lock.Close()
		return nil, fmt.Errorf("write process id to data folder %s: %w", dir, err)
	}
	return lock, nil
}

// pidFile is the file with the process id of the process that holds, or held, the lock. It is not the lock file, because
// Windows does not let other processes read a file that is locked.
func pidFile(dir string) string { return filepath.Join(dir, "pawl.pid") }

// holder returns the process id of the process that holds the lock.
func holder(dir string) string {
	data, err := os.ReadFile(pidFile(dir))
	if pid := strings.TrimSpace(string(data)); err == nil && pid != "" {
		return pid
	}
	return "unknown"
}
