// Package codec turns the author's values into payloads and back, and errors into failures and back.
//
// Everything crosses it, always: the first execution decodes results just as a replay does. Values become JSON in
// the workflow's own goroutine, without I/O. At the rim, where a payload enters or leaves a worker or a client, Seal
// and Open run the chain of transforms (compress, encrypt) and put what is too large for a message into the object
// store: a claim check.
package codec

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// DecodeError says that a payload could not be made into a value again. The run that needs it is parked: its history
// is right, the program that reads it is not.
type DecodeError struct {
	What string
	Err  error
}

func (e *DecodeError) Error() string { return fmt.Sprintf("cannot decode %s: %v", e.What, e.Err) }
func (e *DecodeError) Unwrap() error { return e.Err }

// Serializer makes bytes of Go values. Name stands in every payload that it made.
type Serializer interface {
	Name() string
	Marshal(v any) ([]byte, error)
	Unmarshal(data []byte, v any) error
}

// JSON is encoding/json: the default serializer.
type JSON struct{}

// Name is "json".
func (JSON) Name() string { return "json" }

// Marshal is json.Marshal.
func (JSON) Marshal(v any) ([]byte, error) { return json.Marshal(v) }

// Unmarshal is json.Unmarshal.
func (JSON) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// serializers are the ones that a directive can name with codec=NAME.
var serializers = map[string]Serializer{"": JSON{}, "json": JSON{}}

// Register makes s known under its name, for directives that say codec=NAME. Call it from an init function or early
// in main: it must not run while workers or clients do.
func Register(s Serializer) { serializers[s.Name()] = s }

func serializer(name string) (Serializer, error) {
	s, ok := serializers[name]
	if !ok {
		return nil, fmt.Errorf("no codec %q in this program: register it with pawl.RegisterCodec", name)
	}
	return s, nil
}

// Encode makes one payload of some values: a list of their encodings.
func Encode(name string, values []any) (history.Payload, error) {
	s, err := serializer(name)
	if err != nil {
		return history.Payload{}, err
	}
	parts := make([]json.RawMessage, len(values))
	for i, v := range values {
		data, err := s.Marshal(v)
		if err != nil {
			return history.Payload{}, fmt.Errorf("encode value %d of type %T: %w", i+1, v, err)
		}
		if s.Name() != "json" {
			if data, err = json.Marshal(data); err != nil {
				return history.Payload{}, err
			}
		}
		parts[i] = data
	}
	data, err := json.Marshal(parts)
	if err != nil {
		return history.Payload{}, err
	}
	return history.Payload{Encoding: s.Name(), Data: data}, nil
}

// Decode fills dst, pointers to values, from a payload that was opened. Without dst it does nothing; otherwise a payload
// with more or fewer values is an error: who wrote it meant something else. An empty payload leaves dst as it is: what
// failed before it had values has none.
func Decode(p history.Payload, dst ...any) error {
	if len(dst) == 0 {
		return nil
	}
	s, err := serializer(p.Encoding)
	if err != nil {
		return &DecodeError{"payload", err}
	}
	if len(p.Data) == 0 {
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(p.Data, &parts); err != nil {
		return &DecodeError{"payload", err}
	}
	if len(parts) != len(dst) {
		return &DecodeError{"payload", fmt.Errorf("it holds %d values, and the code takes %d", len(parts), len(dst))}
	}
	for i := range dst {
		data := []byte(parts[i])
		if s.Name() != "json" {
			if err := json.Unmarshal(parts[i], &data); err != nil {
				return &DecodeError{fmt.Sprintf("value %d", i+1), err}
			}
		}
		if err := s.Unmarshal(data, dst[i]); err != nil {
			return &DecodeError{fmt.Sprintf("value %d as %T", i+1, dst[i]), err}
		}
		RebaseTimes(dst[i])
	}
	return nil
}

// Transform is a reversible step between serialised values and what is stored. Names form the payload's encoding,
// so payloads written before a transform was added stay readable, as long as the chain that reads them knows it.
type Transform interface {
	Name() string
	Seal(data []byte) ([]byte, error)
	Open(data []byte) ([]byte, error)
}

// Objects is where payloads go that are too large for a message.
type Objects interface {
	PutObject(ctx context.Context, name string, data []byte) error
	GetObject(ctx context.Context, name string) ([]byte, error)
}

// Chain is what stands at the rim of a worker or client.
type Chain struct {
	Transforms []Transform // applied in this order on the way out, in reverse on the way in
	Objects    Objects     // nil: payloads over Limit are an error
	Threshold  int         // payloads longer than this many bytes go to Objects
}

// DefaultThreshold is the length in bytes from which a payload travels by claim check. A quarter of the message size
// that NATS takes by default: several payloads share a message.
const DefaultThreshold = 256 << 10

// ErrNoObjects says that a payload is over the limit and there is nowhere to put it.
var ErrNoObjects = errors.New("payload is too large for a message and no object store is configured")

// Seal makes p ready to be stored. owner is a prefix for the names of objects: workflow id and run. A payload that is
// sealed already stays as it is.
func (c *Chain) Seal(ctx context.Context, owner string, p *history.Payload) error {
	return c.SealUnder(ctx, owner, p, c.threshold())
}

// SealUnder is Seal with another threshold, for messages in which many payloads have to fit.
func (c *Chain) SealUnder(ctx context.Context, owner string, p *history.Payload, threshold int) error {
	if p.Object != "" || len(p.Data) == 0 {
		return nil
	}
	if !strings.Contains(p.Encoding, "+") {
		for _, t := range c.Transforms {
			data, err := t.Seal(p.Data)
			if err != nil {
				return fmt.Errorf("seal payload with %s: %w", t.Name(), err)
			}
			p.Data, p.Encoding = data, p.Encoding+"+"+t.Name()
		}
	}
	if len(p.Data) <= threshold {
		return nil
	}
	if c.Objects == nil {
		return fmt.Errorf("%d bytes, limit %d: %w", len(p.Data), threshold, ErrNoObjects)
	}
	sum := sha256.Sum256(p.Data)
	name := owner + "/" + hex.EncodeToString(sum[:16])
	if err := c.Objects.PutObject(ctx, name, p.Data); err != nil {
		return fmt.Errorf("store payload of %d bytes as object %q: %w", len(p.Data), name, err)
	}
	p.Object, p.Size, p.Data = name, int64(len(p.Data)), nil
	return nil
}

func (c *Chain) threshold() int {
	if c.Threshold > 0 {
		return c.Threshold
	}
	return DefaultThreshold
}

// Open undoes Seal. A *DecodeError means that it will fail again; any other error is the object store's.
func (c *Chain) Open(ctx context.Context, p *history.Payload) error {
	if p.Object != "" {
		if c.Objects == nil {
			return &DecodeError{"payload", fmt.Errorf("it is stored as object %q and no object store is configured", p.Object)}
		}
		data, err := c.Objects.GetObject(ctx, p.Object)
		if err != nil {
			return fmt.Errorf("get payload from object %q: %w", p.Object, err)
		}
		p.Data, p.Object, p.Size = data, "", 0
	}
	names := strings.Split(p.Encoding, "+")
	for i := len(names) - 1; i > 0; i-- {
		t := c.transform(names[i])
		if t == nil {
			return &DecodeError{"payload", fmt.Errorf("it was encoded as %q and this program has no transform %q", p.Encoding, names[i])}
		}
		data, err := t.Open(p.Data)
		if err != nil {
			return &DecodeError{"payload encoded as " + p.Encoding, err}
		}
		p.Data = data
	}
	p.Encoding = names[0]
	return nil
}

func (c *Chain) transform(name string) Transform {
	for _, t := range c.Transforms {
		if t.Name() == name {
			return t
		}
	}
	return nil
}

// Gzip compresses. Max bounds what it will inflate, in bytes, against bombs; 0 means 256 MiB.
type Gzip struct{ Max int64 }

// Name is "gzip".
func (Gzip) Name() string { return "gzip" }

// Seal compresses data.
func (Gzip) Seal(data []byte) ([]byte, error) {
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

// Open inflates data. It fails if that gives more than Max bytes.
func (g Gzip) Open(data []byte) ([]byte, error) {
	limit := g.Max
	if limit <= 0 {
		limit = 256 << 20
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(out)) > limit {
		err = fmt.Errorf("inflates to more than %d bytes", limit)
	}
	return out, err
}

// AES encrypts with AES-GCM under a key of 16, 24 or 32 bytes. Put it last in a chain.
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
