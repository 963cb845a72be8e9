package replay

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand"
	randv2 "math/rand/v2"
)

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
