// The adapter from the log of the server to slog.

package embed

import (
	"fmt"
	"log/slog"
)

// serverLog implements the server's Logger.
type serverLog struct {
	to    *slog.Logger
	fatal chan string // the first reason why the server cannot run
}

func newServerLog(to *slog.Logger) *serverLog {
	if to == nil {
		to = slog.New(slog.DiscardHandler)
	}
	return &serverLog{to: to.With("component", "nats-server"), fatal: make(chan string, 1)}
}

func (l *serverLog) Noticef(format string, v ...any) { l.to.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Debugf(format string, v ...any)  { l.to.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Tracef(format string, v ...any)  { l.to.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Warnf(format string, v ...any)   { l.to.Warn(fmt.Sprintf(format, v...)) }
func (l *serverLog) Errorf(format string, v ...any)  { l.to.Error(fmt.Sprintf(format, v...)) }

// Fatalf does not exit the process, as the loggers of the server do. Start returns the reason instead.
func (l *serverLog) Fatalf(format string, v ...any) {
	reason := fmt.Sprintf(format, v...)
	l.to.Error(reason)
	select {
	case l.fatal <- reason:
	default:
	}
}
