package memstore

// Alarms: one per workflow id, each a timer of package time.

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/runtime/store"
)

// alarm is the one timer of a workflow id.
type alarm struct {
	queue string
	at    time.Time
	timer *time.Timer
}

// SetTimer makes at the alarm of workflow id in place of any earlier one.
func (s *Store) SetTimer(ctx context.Context, queue, id string, at time.Time) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	s.clearAlarm(id)
	a := &alarm{queue: queue, at: at}
	a.timer = time.AfterFunc(time.Until(at), func() { s.ring(id, a) })
	s.alarms[id] = a
	return nil
}

// ClearTimer removes the alarm of workflow id, if there is one.
func (s *Store) ClearTimer(ctx context.Context, _, id string) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	s.clearAlarm(id)
	return nil
}

func (s *Server) clearAlarm(id string) {
	if a := s.alarms[id]; a != nil {
		a.timer.Stop()
		delete(s.alarms, id)
	}
}

// ring posts the wake-up of an alarm that is due and still stands.
func (s *Server) ring(id string, a *alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alarms[id] != a {
		return
	}
	if early := time.Until(a.at); early > 0 { // the wall clock was set back
		a.timer.Reset(early)
		return
	}
	delete(s.alarms, id)
	s.post(letter{Message: store.Message{Queue: a.queue, ID: id}, timer: true})
}
