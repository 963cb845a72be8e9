// How payloads are serialized, compressed and encrypted.

package pawl

import (
	"fmt"

	"github.com/pawlhq/pawl/runtime/codec"
)

// RegisterCodec registers a serializer, so that directives can select it with codec=NAME. Call it in an init function. It
// panics if the serializer is nil, is named json, or has a name that a directive cannot contain.
func RegisterCodec(s codec.Serializer) { codec.Register(s) }

// Gzip returns a transform that compresses payloads. Pass it to [WithTransforms].
func Gzip() codec.Transform { return codec.Gzip{} }

// AES returns a transform that encrypts payloads with AES-GCM. The key has 16, 24 or 32 bytes. Pass it to
// [WithTransforms] as the last transform: encrypted data cannot be compressed.
func AES(key []byte) (codec.Transform, error) {
	t, err := codec.AES(key)
	if err != nil {
		return nil, fmt.Errorf("payload encryption: %w", err)
	}
	return t, nil
}
