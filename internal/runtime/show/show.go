// Package show prints runs for people: their status and their history.
package show

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Name is the short form of the name of a workflow or activity, with only the last element of its package path. The name of a
// request begins with what is asked for: "start example.com/x/shop.Checkout".
func Name(name string) string {
	if verb, of, ok := strings.Cut(name, " "); ok {
		return verb + " " + Name(of)
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// Ago says how long before or after now a moment is: "5s ago", "in 5s".
func Ago(t, now time.Time) string {
	if d := now.Sub(t); d >= 0 {
		return rough(d) + " ago"
	}
	return "in " + rough(t.Sub(now))
}

// rough is a duration with two or three digits.
func rough(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// stamp formats a moment, with its distance from now unless now is zero.
func stamp(t, now time.Time) string {
	text := t.UTC().Format("2006-01-02T15:04:05.000Z")
	if !now.IsZero() {
		text += " (" + Ago(t, now) + ")"
	}
	return text
}

// row is a line of a table, and the lines below it, which start at the third column.
type row struct {
	cells []string
	below []string
}

// writeRows writes a table. The first two columns are aligned to the right, the others to the left.
func writeRows(w io.Writer, rows []row) error {
	for i := range rows {
		rows[i].cells = plain(rows[i].cells)
	}
	widths := columnWidths(rows)
	indent := strings.Repeat(" ", widths[0]+widths[1]+4)
	var b strings.Builder
	for _, r := range rows {
		writeCells(&b, r.cells, widths)
		for _, line := range r.below {
			b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plain returns cells without characters that would break their line.
func plain(cells []string) []string {
	list := make([]string, len(cells))
	for i, cell := range cells {
		list[i] = oneLine(cell)
	}
	return list
}

func columnWidths(rows []row) []int {
	widths := make([]int, 2)
	for _, r := range rows {
		for i, cell := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func writeCells(b *strings.Builder, cells []string, widths []int) {
	var line strings.Builder
	for i, cell := range cells {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i < 2 {
			line.WriteString(pad + cell + "  ")
		} else {
			line.WriteString(cell + pad + "  ")
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}
