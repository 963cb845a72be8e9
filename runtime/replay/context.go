package replay

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/rand"
	randv2 "math/rand/v2"
	"time"
)

// rootContext is the context that a workflow is given. Done is a native channel that is really closed on cancel, so
// code that the compiler did not lower sees the cancellation as well.
type rootContext struct {
	done chan struct{}
	err  error
	run  *Execution
}

func (c *rootContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (c *rootContext) Done() <-chan struct{}       { return c.done }
func (c *rootContext) Err() error                  { return c.err }
func (c *rootContext) Value(key any) any {
	if key == (executionKey{}) {
		return c.run
	}
	return nil
}

type executionKey struct{}

// FromContext returns the run whose workflow was given ctx, or a context made from it; nil elsewhere.
func FromContext(ctx context.Context) *Execution {
	x, _ := ctx.Value(executionKey{}).(*Execution)
	return x
}

// random holds the random streams of a coroutine. They are seeded by the run and the coroutine's path, so an edit in
// one coroutine does not move the numbers of another. The algorithms are those that Go promises to keep.
type random struct {
	seed string
	v1   *rand.Rand
	v2   *randv2.Rand
}

func (r *random) sum(stream string) [32]byte { return sha256.Sum256([]byte(r.seed + stream)) }

// Rand is the current coroutine's stream for math/rand.
func (x *Execution) Rand() *rand.Rand {
	r := &x.local().random
	if r.v1 == nil {
		sum := r.sum("rand")
		r.v1 = rand.New(rand.NewSource(int64(binary.LittleEndian.Uint64(sum[:]))))
	}
	return r.v1
}

// RandV2 is the current coroutine's stream for math/rand/v2.
func (x *Execution) RandV2() *randv2.Rand {
	r := &x.local().random
	if r.v2 == nil {
		r.v2 = randv2.New(randv2.NewChaCha8(r.sum("rand/v2")))
	}
	return r.v2
}
