// This file holds the chain of transforms, and the claim check.

package payloads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/codec"
)

// Objects stores payloads that are too large for a message.
type Objects interface {
	PutObject(ctx context.Context, name string, data []byte) error
	GetObject(ctx context.Context, name string) ([]byte, error)
}

// Chain transforms the payloads of a worker or client. The zero value changes nothing.
type Chain struct {
	Transforms []codec.Transform // applied in this order when sealing, in reverse when opening
	Objects    Objects           // nil: payloads over Threshold are an error
	Threshold  int               // payloads of more bytes go to Objects; 0 means DefaultThreshold
}

// DefaultThreshold is the largest payload, in bytes, that is stored in a message. It is a quarter of the message size that
// NATS allows by default, because several payloads share a message.
const DefaultThreshold = 256 << 10

// Check returns what is wrong with the transforms. Payloads are opened by the names of their transforms.
func (c *Chain) Check() error {
	seen := map[string]bool{}
	for i, t := range c.Transforms {
		if t == nil {
			return fmt.Errorf("transform %d is nil", i+1)
		}
		switch name := t.Name(); {
		case !codec.ValidName(name):
			return fmt.Errorf("%q is no name for a transform: use letters, digits and - _ . /", name)
		case seen[name]:
			return fmt.Errorf("two transforms are named %q, and payloads are opened by name: give them different names", name)
		default:
			seen[name] = true
		}
	}
	return nil
}

// LimitTo lowers the threshold to a quarter of the largest message that a store accepts. It must be called before the chain is
// used.
func (c *Chain) LimitTo(maxMessage int) {
	c.Threshold = max(1, min(c.threshold(), maxMessage/4))
}

// errNoObjects says that a payload is over the threshold and there is no object store.
var errNoObjects = errors.New("payload is too large for a message and no object store is configured")

// Seal prepares p for storage. prefix begins the names of objects: see journal.ObjectPrefix. A payload that is sealed
// already does not change.
func (c *Chain) Seal(ctx context.Context, prefix string, p *history.Payload) error {
	return c.SealUnder(ctx, prefix, p, c.threshold())
}

// SealUnder is Seal with another threshold, for a message that holds many payloads.
func (c *Chain) SealUnder(ctx context.Context, prefix string, p *history.Payload, threshold int) error {
	if p.Object != "" || len(p.Data) == 0 {
		return nil
	}
	if !strings.Contains(p.Encoding, "+") {
		for _, t := range c.Transforms {
			data, err := apply(t.Seal, p.Data)
			if err != nil {
				return &SealError{t.Name(), err}
			}
			p.Data, p.Encoding = data, p.Encoding+"+"+t.Name()
		}
	}
	if len(p.Data) <= threshold {
		return nil
	}
	if c.Objects == nil {
		return &SealError{"claim check", fmt.Errorf("%d bytes, threshold %d: %w", len(p.Data), threshold, errNoObjects)}
	}
	sum := sha256.Sum256(p.Data)
	name := prefix + "/" + hex.EncodeToString(sum[:16])
	if err := c.Objects.PutObject(ctx, name, p.Data); err != nil {
		return fmt.Errorf("store payload of %d bytes as object %q: %w", len(p.Data), name, err)
	}
	p.Object, p.Size, p.Data = name, int64(len(p.Data)), nil
	return nil
}

// SealError says that a transform refused a payload. A retry fails as well, as far as is known. Other errors of Seal are those
// of the object store.
type SealError struct {
	Transform string
	Err       error
}

func (e *SealError) Error() string {
	return fmt.Sprintf("seal payload with %s: %v", e.Transform, e.Err)
}

// Unwrap returns Err.
func (e *SealError) Unwrap() error { return e.Err }

// apply calls a method of a transform. If it panics, apply fails.
func apply(method func([]byte) ([]byte, error), data []byte) (out []byte, err error) {
	defer recoverAs(&err, "transform")
	return method(data)
}

func (c *Chain) threshold() int {
	if c.Threshold > 0 {
		return c.Threshold
	}
	return DefaultThreshold
}

// Open reverses Seal. After a *DecodeError a retry fails as well. Other errors are those of the object store.
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
		data, err := apply(t.Open, p.Data)
		if err != nil {
			return &DecodeError{"payload encoded as " + p.Encoding, err}
		}
		p.Data = data
	}
	p.Encoding = names[0]
	return nil
}

func (c *Chain) transform(name string) codec.Transform {
	for _, t := range c.Transforms {
		if t.Name() == name {
			return t
		}
	}
	return nil
}
