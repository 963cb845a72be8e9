package memstore

// Alarms: each a timer of package time.

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// alarmKey names an alarm: a workflow has one at a time.
type alarmKey struct {
	id string
	at int64 // Unix time in nanoseconds
}

type alarm struct {
	queue string
	at    time.Time
	timer *time.Timer
}

// ScheduleTimer gives workflow id an alarm at a time.
func (s *Store) ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	key := alarmKey{id, at.UnixNano()}
	s.clearAlarm(key)
	a := &alarm{queue: queue, at: at}
	a.timer = time.AfterFunc(time.Until(at), func() { s.ring(key, a) })
	s.alarms[key] = a
	return nil
}

// CancelTimer removes the alarm that workflow id has at a time, if there is one.
func (s *Store) CancelTimer(ctx context.Context, _, id string, at time.Time) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	s.clearAlarm(alarmKey{id, at.UnixNano()})
	return nil
}

func (s *Server) clearAlarm(key alarmKey) {
	if a := s.alarms[key]; a != nil {
		a.timer.Stop()
		delete(s.alarms, key)
	}
}

// ring posts the wake-up of an alarm that is due and still stands.
func (s *Server) ring(key alarmKey, a *alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alarms[key] != a {
		return
	}
	if early := time.Until(a.at); early > 0 { // the wall clock was set back
		a.timer.Reset(early)
		return
	}
	delete(s.alarms, key)
	s.post(letter{Message: store.Message{Queue: a.queue, ID: key.id}, timer: true})
}
