// Names of crash points. They are the same in every run of a test, which ids of runs are not.

package crashstore

import (
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// eventsOf lists the events of a record. A closing record repeats the whole history; of that it lists the last event only.
func eventsOf(rec store.Record) string {
	r, err := history.UnmarshalRecord(rec.Data)
	if err != nil || len(r.Events) == 0 {
		return ""
	}
	events := r.Events
	if rec.Close != nil {
		events = events[len(events)-1:]
	}
	var names []string
	for _, e := range events {
		names = append(names, e.Body.Details().What())
	}
	return ": " + strings.Join(names, ", ")
}

// statusOf is the status in a visibility entry.
func statusOf(e store.Entry) string {
	summary, err := history.UnmarshalRunSummary(e.Data)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(": %s", summary.Status)
}

// withoutDetail returns the name of a crash point without what follows its number.
func withoutDetail(point string) string {
	number := strings.LastIndexByte(point, '#')
	detail := strings.LastIndex(point, ": ")
	if detail > number {
		return point[:detail]
	}
	return point
}

// messageName says what a message of an inbox is.
func messageName(start bool, id string, data []byte) string {
	if start {
		return "start of " + id
	}
	msg, err := history.UnmarshalMessage(data)
	if err != nil {
		return "unreadable message to " + id
	}
	switch {
	case msg.Completed != nil:
		return "outcome of " + opName(msg.Completed.Op.String()) + " to " + id
	case msg.Cancel != nil:
		return "cancellation of " + id
	case msg.Terminate != nil:
		return "termination of " + id
	case msg.Wake != nil:
		return "wake-up of " + id
	}
	return "message to " + id
}

func wakeupName(w store.Wakeup) string {
	if w.Timer {
		return "fired timer of " + w.ID
	}
	return messageName(w.Start, w.ID, w.Data)
}

// TaskName names a task.
func TaskName(t store.Task) string { return opName(t.Op) + " of " + t.ID }

// opName names an operation without a slash, which separates the names of subtests.
func opName(op string) string { return strings.ReplaceAll(op, "/", ":") }
