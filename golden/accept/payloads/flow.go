// Package payloads sends payloads that are too big for a message; they travel by claim check.
package payloads

import (
	"bytes"
	"context"
	"hash/crc32"
)

//go:generate go tool pawl generate

// Blob is big.
type Blob struct {
	Name string
	Data []byte
}

// Make makes a blob of some bytes.
//
//pawl:activity
func Make(ctx context.Context, name string, size int) (Blob, error) {
	return Blob{name, bytes.Repeat([]byte(name), size/len(name))}, nil
}

// Sum reads blobs.
//
//pawl:activity
func Sum(ctx context.Context, blobs ...Blob) (sums []uint32, err error) {
	for _, b := range blobs {
		sums = append(sums, crc32.ChecksumIEEE(b.Data))
	}
	return sums, nil
}

// Copy has a big input, big values on the way, and a big result.
//
//pawl:workflow
func Copy(ctx context.Context, in Blob) (out Blob, sums []uint32, err error) {
	made, err := Make(ctx, "0123456789", 700_000)
	if err != nil {
		return Blob{}, nil, err
	}
	sums, err = Sum(ctx, in, made, Blob{Name: "small", Data: []byte("x")})
	return Blob{in.Name, append(made.Data, in.Data...)}, sums, err
}
