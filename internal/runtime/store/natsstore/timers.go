// Timers: each one is a schedule that the server keeps, and that fires by storing a message. Each has a subject of its own,
// because when a schedule fires, the server removes everything on its subject, including a schedule that was stored there
// at that very moment (seen in 2.15.2).

package natsstore

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
	_, err := s.shard(id).timers.write(ctx, &nats.Msg{Subject: s.name.timer(id, at), Header: header(
		headerSchedule, "@at "+at.UTC().Format(time.RFC3339Nano),
		headerScheduleTarget, s.name.fired(queue, id),
	)})
	if err != nil {
		return fmt.Errorf("schedule timer of workflow %q: %w", id, err)
	}
	return nil
}

// CancelTimer implements store.Timers. It replaces the schedule with a message that soon expires. The rollup removes the
// schedule from disk; without it the server would resume the schedule after a crash.
func (s *Store) CancelTimer(ctx context.Context, queue, id string, at time.Time) error {
	if err := checkAddress(queue, id); err != nil {
		return err
	}
	_, err := s.shard(id).timers.write(ctx, &nats.Msg{Subject: s.name.timer(id, at), Header: header(
		headerRollup, rollupSubject,
		headerTTL, ttl(time.Second),
	)})
	if err != nil {
		return fmt.Errorf("cancel timer of workflow %q: %w", id, err)
	}
	return nil
}
