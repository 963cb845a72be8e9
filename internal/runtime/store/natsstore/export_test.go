package natsstore

import "time"

// Suspend makes the process look as if it had been suspended.
func (s *Store) Suspend(d time.Duration) {
	s.suspended.mu.Lock()
	defer s.suspended.mu.Unlock()
	s.suspended.alive = s.suspended.alive.Add(-d)
}
