package abi

import (
	"encoding/binary"
	"fmt"
)

// This file draws UUIDs from the run's chance. The libraries that declare their types are not known here: each is an
// array of 16 bytes.

// UUID4 draws a random UUID, of version 4.
func UUID4[U ~[16]byte](run *Run) (id U) {
	binary.BigEndian.PutUint64(id[:8], run.x.RandV2().Uint64())
	binary.BigEndian.PutUint64(id[8:], run.x.RandV2().Uint64())
	return stamp(id, 4)
}

// UUID4Err is UUID4 for a library whose function may fail.
func UUID4Err[U ~[16]byte](run *Run) (U, error) { return UUID4[U](run), nil }

// UUID7Err draws a UUID of version 7, which begins with the run's logical time in milliseconds. It does not fail.
func UUID7Err[U ~[16]byte](run *Run) (U, error) {
	id := UUID4[U](run)
	binary.BigEndian.PutUint64(id[:8], uint64(Now(run).UnixMilli())<<16|uint64(id[6])<<8|uint64(id[7]))
	return stamp(id, 7), nil
}

// UUIDString is UUID4 as text.
func UUIDString(run *Run) string {
	id := UUID4[[16]byte](run)
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// stamp puts version and variant where RFC 9562 has them.
func stamp[U ~[16]byte](id U, version byte) U {
	id[6] = version<<4 | id[6]&0x0f
	id[8] = 0x80 | id[8]&0x3f
	return id
}
