// The lock and the sequence that all connections share, and the lifetime of one connection.

package memstore

import (
	"context"
	"fmt"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

const maxPayload = 1 << 20

// shared is what all connections to a data set have in common.
type shared struct {
	mu  sync.Mutex // guards all data
	seq store.Seq
}

// nextSeq returns the next sequence of the log. The lock is held.
func (s *shared) nextSeq() store.Seq {
	s.seq++
	return s.seq
}

// conn is the connection of one process.
type conn struct {
	*shared
	life context.Context // ends when the connection is closed
	end  context.CancelFunc
}

func newConn(s *shared) *conn {
	life, end := context.WithCancel(context.Background())
	return &conn{shared: s, life: life, end: end}
}

func (c *conn) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end()
}

func (c *conn) closed() bool { return c.life.Err() != nil }

// lock takes the lock for an operation that stores data. It fails if ctx has ended, if data is too large, or if the
// connection is closed.
func (c *conn) lock(ctx context.Context, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(data) > maxPayload {
		return fmt.Errorf("%w: %d bytes, the maximum is %d", store.ErrTooLarge, len(data), maxPayload)
	}
	c.mu.Lock()
	if c.closed() {
		c.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

func (c *conn) unlock() { c.mu.Unlock() }

// until returns a context that ends with ctx, or soon after the connection is closed.
func (c *conn) until(ctx context.Context) context.Context {
	ctx, end := context.WithCancel(ctx)
	unlink := context.AfterFunc(c.life, end)
	context.AfterFunc(ctx, func() { unlink() })
	return ctx
}
