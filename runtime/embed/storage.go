// Failures of the storage, such as a full disk. The server stops writing to a stream, or altogether, after an error of the disk,
// and does not begin again when the disk works. So it is restarted then.

package embed

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Health returns nil while the server can store data, and otherwise why it cannot. It is always nil with Options.Memory.
func (s *Server) Health() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

func (s *Server) setFailure(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// storageCheck is how often a storage that has failed is tried.
const storageCheck = time.Second

// restartStorage waits until the storage fails, and restarts the server when there is room again. It returns when the server
// is shut down.
func (s *Server) restartStorage(log *serverLog) {
	to := cmp.Or(s.opt.Logger, slog.Default()).With("component", "embedded NATS server", "dir", s.opt.Dir)
	for {
		select {
		case <-s.stopped:
			return
		case reason := <-log.storage:
			s.setFailure(fmt.Errorf("the storage of the embedded NATS server on data folder %s has failed: %s: free disk space", s.opt.Dir, reason))
			to.Error("storage has failed: free disk space in this folder; the server then continues by itself", "reason", reason)
		}
		if log = s.restarted(to); log == nil {
			return
		}
		s.setFailure(nil)
		to.Info("storage works again")
	}
}

// restarted restarts the server as soon as its folder can be written to. It returns the new server's log, or nil if the server
// is shut down first.
func (s *Server) restarted(to *slog.Logger) *serverLog {
	for {
		select {
		case <-s.stopped:
			return nil
		case <-time.After(storageCheck):
		}
		if s.probe() != nil {
			continue
		}
		ns := s.current()
		ns.Shutdown()
		ns.WaitForShutdown()
		log, err := s.boot()
		if err == nil {
			return log
		}
		to.Error("cannot restart the server; trying again", "error", err)
	}
}

// room is how much must fit on the disk, in bytes, before the server is restarted.
const room = 4 << 20

// probe writes a file and removes it.
func (s *Server) probe() error {
	file := filepath.Join(s.opt.Dir, "pawl.probe")
	defer os.Remove(file)
	return os.WriteFile(file, make([]byte, room), 0o600)
}
