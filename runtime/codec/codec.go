// Package codec holds what users can plug into the encoding of values: serializers, which turn Go values into bytes, and
// transforms, which compress or encrypt those bytes.
package codec

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Serializer encodes Go values as bytes. Its name is part of every payload that it encodes. It may be called from many
// goroutines.
type Serializer interface {
	Name() string
	Marshal(v any) ([]byte, error)
	Unmarshal(data []byte, v any) error
}

// jsonSerializer is encoding/json: the default serializer.
type jsonSerializer struct{}

func (jsonSerializer) Name() string                       { return "json" }
func (jsonSerializer) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (jsonSerializer) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// serializers holds the serializers that a directive can name with codec=NAME.
var serializers = map[string]Serializer{"": jsonSerializer{}, "json": jsonSerializer{}}

// Register registers s under its name, for directives with codec=NAME. Call it in an init function or early in main: it
// must not be called while workers or clients run. It panics if s is nil, or if its name is "json" or invalid: see ValidName.
func Register(s Serializer) {
	if s == nil {
		panic("pawl: the serializer to register is nil")
	}
	name := s.Name()
	if !ValidName(name) || name == "json" {
		panic(fmt.Sprintf("pawl: a serializer cannot be named %q: use letters, digits and - _ . / and another name than json", name))
	}
	serializers[name] = s
}

// ValidName reports whether a serializer or transform may have a name: it has letters, digits and - _ . / only, and is not
// empty. Names become part of the encoding of payloads.
func ValidName(name string) bool {
	invalid := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./", r)
	}
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, invalid)
}

// Lookup returns the serializer that is registered under a name. The empty name stands for JSON.
func Lookup(name string) (Serializer, error) {
	s, ok := serializers[name]
	if !ok {
		return nil, fmt.Errorf("no codec %q in this program: register it with pawl.RegisterCodec", name)
	}
	return s, nil
}

// Transform is a reversible step between encoded values and what is stored. Its name becomes part of the payload's
// encoding, so payloads that were stored before a transform was added stay readable, and payloads stay readable as long
// as all of their transforms are configured. It may be called from many goroutines.
type Transform interface {
	Name() string
	Seal(data []byte) ([]byte, error)
	Open(data []byte) ([]byte, error)
}

// Gzip compresses data. Max limits the size of the data in bytes, when it is compressed and when it is decompressed, as a
// protection against decompression bombs; 0 means 256 MiB.
type Gzip struct{ Max int64 }

func (g Gzip) limit() int64 {
	if g.Max <= 0 {
		return 256 << 20
	}
	return g.Max
}

// Name is "gzip".
func (Gzip) Name() string { return "gzip" }

// Seal compresses data. It fails if data has more than Max bytes: Open would refuse it.
func (g Gzip) Seal(data []byte) ([]byte, error) {
	if limit := g.limit(); int64(len(data)) > limit {
		return nil, fmt.Errorf("%d bytes are more than the limit of %d", len(data), limit)
	}
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// Open decompresses data. It fails if the result has more than Max bytes.
func (g Gzip) Open(data []byte) ([]byte, error) {
	limit := g.limit()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, min(limit, math.MaxInt64-1)+1))
	if err == nil && int64(len(out)) > limit {
		err = fmt.Errorf("decompresses to more than %d bytes", limit)
	}
	return out, err
}

// AES returns a transform that encrypts with AES-GCM. The key has 16, 24 or 32 bytes. It should be the last transform:
// encrypted data cannot be compressed.
func AES(key []byte) (Transform, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aesGCM{aead}, nil
}

type aesGCM struct{ aead cipher.AEAD }

func (aesGCM) Name() string { return "aes" }

func (t aesGCM) Seal(data []byte) ([]byte, error) {
	nonce := make([]byte, t.aead.NonceSize(), t.aead.NonceSize()+len(data)+t.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return t.aead.Seal(nonce, nonce, data, nil), nil
}

func (t aesGCM) Open(data []byte) ([]byte, error) {
	if len(data) < t.aead.NonceSize() {
		return nil, errors.New("ciphertext is shorter than its nonce")
	}
	n := t.aead.NonceSize()
	return t.aead.Open(nil, data[:n], data[n:], nil)
}
