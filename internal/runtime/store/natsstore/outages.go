// Streams that have not answered for a while, although the connection is up: the disk of the server is full, or the stream was
// deleted. Calls are retried, so only the log shows it.

package natsstore

import (
	"log/slog"
	"sync"
	"sync/atomic"
)

// outages are the streams that do not answer at present, with the first error.
type outages struct {
	log *slog.Logger

	any     atomic.Bool // there may be some: most calls need not lock
	mu      sync.Mutex
	streams map[string]error
}

// begin notes that a stream does not answer, and logs it unless that is known.
func (o *outages) begin(stream string, err error) {
	if stream == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.streams[stream] != nil {
		return
	}
	o.log.Error("a stream does not answer; trying again", "stream", stream, "error", err)
	if o.streams == nil {
		o.streams = map[string]error{}
	}
	o.streams[stream] = err
	o.any.Store(true)
}

// end notes that a stream has answered.
func (o *outages) end(stream string) {
	if !o.any.Load() {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.streams[stream] != nil {
		o.log.Info("a stream answers again", "stream", stream)
		delete(o.streams, stream)
		o.any.Store(len(o.streams) > 0)
	}
}

// of returns why a stream does not answer, or nil.
func (o *outages) of(stream string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.streams[stream]
}
