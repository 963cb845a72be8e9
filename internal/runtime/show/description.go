// This file prints the status of a run: a list of names and values, and a paragraph for each operation that it waits for.

package show

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

// Description writes the status of a run and what it waits for. Times are followed by their distance from now, unless now is
// zero.
func Description(w io.Writer, d *client.Description, now time.Time) error {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-9s %s\n", name, indented(value))
		}
	}
	field("workflow", oneLine(d.ID))
	field("run", d.RunID)
	field("type", d.Type)
	field("queue", d.Queue)
	field("child of", oneLine(d.Parent))
	field("status", status(d))
	field("started", moment(d.Started, now))
	field("closed", moment(d.Closed, now))
	field("events", fmt.Sprint(d.Events))
	field("failure", d.Failure)
	if d.Status == history.StatusRunning {
		field("blocked", d.Parked)
	} else {
		field("parked", d.Parked)
	}
	field("reason", d.Reason)
	for _, p := range d.Pending {
		writePending(&b, p, now)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// indented aligns the lines of a value below its first line.
func indented(value string) string {
	return strings.ReplaceAll(strings.TrimSpace(value), "\n", "\n          ")
}

func status(d *client.Description) string {
	text := d.Status.String()
	switch {
	case d.Unserved:
		text += ", no worker takes runs from its queue: start one, or check the name of the queue"
	case d.Status == history.StatusWaiting:
		text += " for a worker of its queue"
	}
	if d.Cancelled && !d.Status.Closed() {
		text += ", cancellation requested"
	}
	if d.Terminated && !d.Status.Closed() {
		text += ", termination requested"
	}
	return text
}

func moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t, now)
}

func writePending(b *strings.Builder, p client.Pending, now time.Time) {
	fmt.Fprintf(b, "%-9s %s\n", "pending", join(p.Kind, Name(p.Name), at(p.Pos)))
	for _, line := range pendingLines(p, now) {
		fmt.Fprintf(b, "            %s\n", line)
	}
}

func at(pos string) string {
	if pos == "" {
		return ""
	}
	return "at " + pos
}

// pendingLines describes the progress of an operation.
func pendingLines(p client.Pending, now time.Time) (lines []string) {
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+" "+value)
		}
	}
	add("workflow", oneLine(p.ID))
	add("scheduled", moment(p.Scheduled, now))
	add("due", moment(p.Due, now)+every(period(p.Period)))
	if overdue(p, now) {
		lines = append(lines, "nothing in the run waits for it any more, or no worker is running")
	}
	if p.Kind == "activity" {
		lines = append(lines, progress(p, now))
	}
	add("last error:", oneLine(p.LastError))
	add("last heartbeat:", values(p.Heartbeat).String())
	return lines
}

// overdue reports whether a timer should have fired some time ago, if something waits for it. Only the run's code knows that
// of a timer that is a value.
func overdue(p client.Pending, now time.Time) bool {
	return p.Kind == "timer" && p.Name != history.SleepName && now.Sub(p.Due) > time.Minute
}

// progress describes the current attempt of an activity. A first attempt leaves no trace before it fails or sends a heartbeat.
func progress(p client.Pending, now time.Time) string {
	switch {
	case p.NextRetry.IsZero() && p.Attempt == 0:
		return "waits for a worker" + ofQueue(p.Queue) + ", or its first attempt runs"
	case p.NextRetry.IsZero():
		return join(fmt.Sprintf("attempt %d runs", p.Attempt), on(p.Worker))
	case p.Attempt == 0:
		return "no attempt yet, next check for a worker" + ofQueue(p.Queue) + " " + stamp(p.NextRetry, now)
	}
	return fmt.Sprintf("attempt %d failed, next one %s", p.Attempt, stamp(p.NextRetry, now))
}

func ofQueue(queue string) string {
	if queue == "" {
		return ""
	}
	return " of queue " + queue
}

func on(worker string) string {
	if worker == "" {
		return ""
	}
	return "on " + worker
}

// join separates the parts that are not empty by spaces.
func join(parts ...string) string {
	return strings.TrimSpace(strings.Join(parts, " "))
}
