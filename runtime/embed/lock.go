package embed

// One server per data folder, kept by a file lock that the kernel drops when its process ends, however it ends.

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

type dirLock struct{ file *os.File }

// lockDir takes the folder for this process. The lock file says who has it; its content means nothing without the lock.
func lockDir(dir string) (*dirLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "pawl.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock of data folder %s: %w", dir, err)
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		return nil, fmt.Errorf("data folder %s is in use by another embedded NATS server (process %s): "+
			"stop that one, connect to it by its URL, or choose another folder", dir, holder(f))
	}
	if err := sign(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("write lock of data folder %s: %w", dir, err)
	}
	return &dirLock{f}, nil
}

func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(fmt.Sprintln(os.Getpid())), 0)
	return err
}

func holder(f *os.File) string {
	b, err := io.ReadAll(io.LimitReader(f, 32))
	if pid := strings.TrimSpace(string(b)); err == nil && pid != "" {
		return pid
	}
	return "unknown"
}

func (l *dirLock) release() { l.file.Close() }
