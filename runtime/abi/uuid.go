// This file replaces functions of UUID packages that return random ids. It uses the random stream of the coroutine, so a
// replay has the same ids. U is the package's type. RFC 9562 defines the format.

package abi

import (
	"encoding/binary"
	"fmt"
)

// UUID4 returns an id of version 4.
func UUID4[U ~[16]byte](run *Run) U { return U(randomUUID(run, 4)) }

// UUID4Err is UUID4 for functions that return an error. The error is nil.
func UUID4Err[U ~[16]byte](run *Run) (U, error) { return UUID4[U](run), nil }

// UUID7Err returns an id of version 7, which begins with the run's logical time. The error is nil.
func UUID7Err[U ~[16]byte](run *Run) (U, error) {
	id := randomUUID(run, 7)
	var now [8]byte
	binary.BigEndian.PutUint64(now[:], uint64(Now(run).UnixMilli())<<16)
	copy(id[:6], now[:6])
	return U(id), nil
}

// UUIDString is the text of an id of version 4.
func UUIDString(run *Run) string {
	id := randomUUID(run, 4)
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func randomUUID(run *Run, version byte) (id [16]byte) {
	random := RandV2(run)
	binary.BigEndian.PutUint64(id[:8], random.Uint64())
	binary.BigEndian.PutUint64(id[8:], random.Uint64())
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	return id
}
