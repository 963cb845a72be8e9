// This file holds the random streams of a coroutine.

package replay

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand"
	randv2 "math/rand/v2"
)

// random holds the random streams of a coroutine. They are seeded by the run and the coroutine's path, so an edit in
// one coroutine does not change the numbers of another. Go promises not to change these algorithms.
type random struct {
	seed string
	v1   *rand.Rand
	v2   *randv2.Rand
}

func (r *random) sum(stream string) [32]byte { return sha256.Sum256([]byte(r.seed + stream)) }

func (r *random) rand() *rand.Rand {
	if r.v1 == nil {
		sum := r.sum("rand")
		r.v1 = rand.New(rand.NewSource(int64(binary.LittleEndian.Uint64(sum[:]))))
	}
	return r.v1
}

func (r *random) randV2() *randv2.Rand {
	if r.v2 == nil {
		r.v2 = randv2.New(randv2.NewChaCha8(r.sum("rand/v2")))
	}
	return r.v2
}
