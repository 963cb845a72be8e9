// This file replaces packages log and log/slog in lowered code. What a run logs has the run's time, and is not logged again
// on replay.

package abi

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"time"
)

// Log is the logger for log.Default and the functions of package log: silent on replay.
func Log(run *Run) *log.Logger { return logger(run, log.Flags()) }

// stamp are the flags of package log for which it reads the clock of the process.
const stamp = log.Ldate | log.Ltime | log.Lmicroseconds

func logger(run *Run, flags int) *log.Logger {
	prefix := log.Prefix()
	w := run.once(log.Writer())
	if flags&stamp != 0 {
		t := stampWriter{run: run, w: w, flags: flags}
		if flags&log.Lmsgprefix == 0 {
			t.at = len(prefix)
		}
		w = t
	}
	return log.New(w, prefix, flags&^stamp)
}

// stampWriter puts the run's time into lines of a logger, as package log writes it.
type stampWriter struct {
	run   *Run
	w     io.Writer
	flags int
	at    int // offset in a line
}

func (s stampWriter) Write(line []byte) (int, error) {
	layout := ""
	if s.flags&log.Ldate != 0 {
		layout += "2006/01/02 "
	}
	switch {
	case s.flags&log.Lmicroseconds != 0:
		layout += "15:04:05.000000 "
	case s.flags&log.Ltime != 0:
		layout += "15:04:05 "
	}
	now := s.run.x.Now()
	if s.flags&log.LUTC == 0 {
		now = now.In(time.Local)
	}
	stamped := append([]byte(nil), line[:s.at]...)
	stamped = now.AppendFormat(stamped, layout)
	if _, err := s.w.Write(append(stamped, line[s.at:]...)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// Slog is the logger for slog.Default and the functions of log/slog. Its records have the ids of the workflow and the run, and
// the run's time. It is silent on replay.
func Slog(run *Run) *slog.Logger {
	h := slog.Default().Handler()
	if reflect.TypeOf(h).String() == "*slog.defaultHandler" { // it prints the time at which it prints
		h = logHandler{level: h, run: run}
	}
	return slog.New(&slogHandler{h, run}).With("workflow", run.x.ID, "run", run.x.RunID)
}

type slogHandler struct {
	slog.Handler
	run *Run
}

func (h *slogHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return !h.run.x.Silent() && h.Handler.Enabled(ctx, level)
}

func (h *slogHandler) Handle(ctx context.Context, r slog.Record) error {
	r.Time = h.run.x.Now()
	return h.Handler.Handle(ctx, r)
}

func (h *slogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &slogHandler{h.Handler.WithAttrs(attrs), h.run}
}

func (h *slogHandler) WithGroup(name string) slog.Handler {
	return &slogHandler{h.Handler.WithGroup(name), h.run}
}

// logHandler writes records as the handler does that package slog begins with: to the logger of package log.
type logHandler struct {
	level slog.Handler // knows which levels are enabled
	run   *Run
	with  []func(slog.Handler) slog.Handler // the attributes and groups so far
}

func (h logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.level.Enabled(ctx, level)
}

func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	attrs, err := h.attributes(ctx, r)
	if err != nil {
		return err
	}
	line := strings.TrimRight(r.Level.String()+" "+r.Message+" "+attrs, " ")
	return logger(h.run, log.Flags()&^(log.Lshortfile|log.Llongfile)).Output(0, line)
}

// attributes returns the text of the attributes of a record and of its logger.
func (h logHandler) attributes(ctx context.Context, r slog.Record) (string, error) {
	var text bytes.Buffer
	builtin := 0 // the attributes to leave out: level and message
	var attrs slog.Handler = slog.NewTextHandler(&text, &slog.HandlerOptions{Level: r.Level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if builtin > 0 {
			builtin--
			return slog.Attr{}
		}
		return a
	}})
	for _, with := range h.with {
		attrs = with(attrs)
	}
	builtin, r.Time = 2, time.Time{}
	err := attrs.Handle(ctx, r)
	return strings.TrimSuffix(text.String(), "\n"), err
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.extend(func(to slog.Handler) slog.Handler { return to.WithAttrs(attrs) })
}

func (h logHandler) WithGroup(name string) slog.Handler {
	return h.extend(func(to slog.Handler) slog.Handler { return to.WithGroup(name) })
}

func (h logHandler) extend(with func(slog.Handler) slog.Handler) slog.Handler {
	h.with = append(h.with[:len(h.with):len(h.with)], with)
	return h
}
