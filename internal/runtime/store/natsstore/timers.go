package natsstore

// Timers: each alarm is a schedule that the server keeps, and that rings by storing a message. It has a subject of its own:
// when a schedule has rung, the server removes what is on its subject, also a schedule that was put there at that very
// moment (seen in 2.15.2).

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// ScheduleTimer implements store.Timers.
func (s *Store) ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error {
	if err := checkAddress(queue, id); err != nil {
		return err
	}
	_, err := s.shard(id).timers.write(ctx, &nats.Msg{Subject: s.name.alarm(id, at), Header: header(
		headerSchedule, "@at "+at.UTC().Format(time.RFC3339Nano),
		headerScheduleTarget, s.name.fired(queue, id),
	)})
	if err != nil {
		return fmt.Errorf("set timer of workflow %q: %w", id, err)
	}
	return nil
}

// CancelTimer implements store.Timers. It overwrites the schedule with a message that soon goes by itself. The rollup
// is what removes the schedule from the disk: without it the server would take the schedule up again after a crash.
func (s *Store) CancelTimer(ctx context.Context, queue, id string, at time.Time) error {
	if err := checkAddress(queue, id); err != nil {
		return err
	}
	_, err := s.shard(id).timers.write(ctx, &nats.Msg{Subject: s.name.alarm(id, at), Header: header(
		headerRollup, rollupSubject,
		headerTTL, ttl(time.Second),
	)})
	if err != nil {
		return fmt.Errorf("clear timer of workflow %q: %w", id, err)
	}
	return nil
}
