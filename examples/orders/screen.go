// The live display. In a terminal it is a line per order, redrawn again and again; elsewhere it is a line per change.

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// screenRows is the largest number of orders shown in a terminal.
const screenRows = 20

type screen struct {
	out      io.Writer
	began    time.Time
	terminal bool
	drawn    int               // number of lines on the terminal that the next drawing replaces
	shown    map[string]string // by order id, what was last printed about it elsewhere
	news     string
}

func newScreen(out io.Writer) *screen {
	return &screen{out: out, began: time.Now(), terminal: isTerminal(out), shown: map[string]string{}}
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show displays the observed states of the orders.
func (s *screen) show(sights []sight) {
	if s.terminal {
		s.draw(sights)
		return
	}
	for _, v := range sights {
		if change := v.state + v.trouble; s.shown[v.order.ID] != change {
			s.shown[v.order.ID] = change
			s.print(describe(v))
		}
	}
}

// say displays that a process was killed.
func (s *screen) say(news string) {
	s.news = fmt.Sprintf("%s after %.1f s", news, time.Since(s.began).Seconds())
	if !s.terminal {
		s.print(news)
	}
}

func (s *screen) print(line string) {
	fmt.Fprintf(s.out, "%5.1fs  %s\n", time.Since(s.began).Seconds(), line)
}

// draw replaces the lines on the terminal. It turns off line wrapping, because a wrapped line would break the next drawing.
func (s *screen) draw(sights []sight) {
	lines := s.picture(sights)
	var b strings.Builder
	if s.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", s.drawn)
	}
	b.WriteString("\x1b[?7l")
	for _, line := range lines {
		b.WriteString("\x1b[2K" + line + "\n")
	}
	b.WriteString("\x1b[J\x1b[?7h")
	io.WriteString(s.out, b.String())
	s.drawn = len(lines)
}

// picture returns the latest news and a line per order. If there are many orders, it leaves out finished ones.
func (s *screen) picture(sights []sight) []string {
	ended := 0
	for _, v := range sights {
		if v.ended {
			ended++
		}
	}
	lines := []string{fmt.Sprintf("%5.1fs  %d of %d orders ended  %s", time.Since(s.began).Seconds(), ended, len(sights), s.news)}
	for _, v := range sights {
		if len(sights) > screenRows && v.ended {
			continue
		}
		if len(lines) > screenRows {
			break
		}
		lines = append(lines, describe(v))
	}
	return lines
}

// close keeps the last drawing on the terminal.
func (s *screen) close() { fmt.Fprintln(s.out) }

// describe returns the line for one order.
func describe(v sight) string {
	line := fmt.Sprintf("%s  %-6s %-10s", v.order.ID, v.order.Item, v.state)
	if v.attempt > 0 {
		line += fmt.Sprintf(" attempt %d", v.attempt)
	}
	if wait := time.Until(v.next); wait > 0 {
		line += fmt.Sprintf(", next in %.1f s", wait.Seconds())
	}
	if v.trouble != "" {
		line += ": " + rootCause(v.trouble)
	}
	return strings.TrimRight(line, " ")
}

// rootCause shortens an error to its last part, so that the line fits on a terminal.
func rootCause(text string) string {
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
