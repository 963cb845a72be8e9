// Measurement of replay: how fast a worker replays a history that it has read.

package bench

import (
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/runtime/abi"
)

// replaySteps is the number of activities that the replayed run has called.
const replaySteps = 1000

// replayRate replays the history of one run again and again for d, and returns the number of events per second. That
// includes the decoding of the stored records.
func replayRate(d time.Duration) (float64, error) {
	w := newCode().workflow(callsActivities)
	records, err := record(w)
	if err != nil {
		return 0, err
	}
	total, begun := 0, time.Now()
	for time.Since(begun) < d {
		n, err := replayRecords(w, records)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return float64(total) / time.Since(begun).Seconds(), nil
}

// record executes a run without a worker, and returns the records that a worker would store.
func record(w *abi.Workflow) (records [][]byte, err error) {
	x := abi.NewExecution(w, failures.NewErrors(), "w1", "r1")
	defer x.Kill()
	input, err := payloads.Encode("", []any{replaySteps})
	if err != nil {
		return nil, err
	}
	echoed, err := payloads.Encode("", []any{"order-81"})
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	in := history.Event{Time: now, Body: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: w.Name, Queue: queue, Input: input}}
	for first := uint64(1); ; {
		commands, err := x.Step(in)
		if err != nil {
			return nil, err
		}
		rec := &history.Record{Format: history.Format, ID: x.ID, RunID: x.RunID, FirstEvent: first, Events: append([]history.Event{in}, commands...)}
		records = append(records, rec.Marshal())
		first += uint64(len(rec.Events))
		scheduled, ok := commands[0].Body.(*history.ActivityScheduled)
		if !ok {
			return records[:len(records)-1], nil // without the last record, because closed runs are not replayed
		}
		now = now.Add(time.Millisecond)
		in = history.Event{Time: now, Body: &history.ActivityCompleted{Op: scheduled.Op.ID(), Outcome: history.Outcome{Result: echoed, Attempts: 1}}}
	}
}

// replayRecords replays the records of a run, and returns the number of their events.
func replayRecords(w *abi.Workflow, records [][]byte) (events int, err error) {
	x := abi.NewExecution(w, failures.NewErrors(), "w1", "r1")
	defer x.Kill()
	for _, data := range records {
		rec, err := history.UnmarshalRecord(data)
		if err != nil {
			return 0, err
		}
		if err := x.Replay(rec.Events); err != nil {
			return 0, fmt.Errorf("replay of the recorded run: %w", err)
		}
		events += len(rec.Events)
	}
	return events, nil
}
