// The adapter from the log of the server to slog.

package embed

import (
	"fmt"
	"log/slog"
	"strings"
)

// serverLog implements the server's Logger.
type serverLog struct {
	to    *slog.Logger
	fatal chan string // the first reason why the server cannot run
	// storage has the first reason why the server cannot store data.
	storage chan string
}

func newServerLog(to *slog.Logger) *serverLog {
	if to == nil {
		to = slog.New(slog.DiscardHandler)
	}
	return &serverLog{to: to.With("component", "nats-server"), fatal: make(chan string, 1), storage: make(chan string, 1)}
}

func (l *serverLog) Noticef(format string, v ...any) { l.to.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Debugf(format string, v ...any)  { l.to.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Tracef(format string, v ...any)  { l.to.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Warnf(format string, v ...any)   { l.to.Warn(fmt.Sprintf(format, v...)) }

// Errorf notices that the storage has failed. The server does not report that in any other way.
func (l *serverLog) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.to.Error(text)
	for _, sign := range []string{"Critical write error", "no space left", "quota exceeded", "failed to store a msg", "will be DISABLED"} {
		if strings.Contains(text, sign) {
			offer(l.storage, text)
			return
		}
	}
}

// offer sends without waiting.
func offer(to chan string, text string) {
	select {
	case to <- text:
	default:
	}
}

// Fatalf does not exit the process, as the loggers of the server do. Start returns the reason instead.
func (l *serverLog) Fatalf(format string, v ...any) {
	reason := fmt.Sprintf(format, v...)
	l.to.Error(reason)
	offer(l.fatal, reason)
}
