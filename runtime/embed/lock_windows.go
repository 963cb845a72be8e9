package embed

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks a byte far beyond the content, so that the file stays readable to whoever asks who holds it.
func lockFile(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{OffsetHigh: 1})
}
