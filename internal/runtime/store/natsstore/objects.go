// Objects: payloads too large for a message, stored in chunks. The head of an object names the upload that its chunks belong
// to. It is written last and removed first, so that no reader sees a part of an object.

package natsstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

const (
	maxChunk    = 256 << 10
	maxChunks   = 1 << 20
	chunksAhead = 8 // how many chunks are uploaded concurrently
)

// objectHead is what is stored under an object's name.
type objectHead struct {
	Upload string `json:"upload"`
	Chunks int    `json:"chunks"`
	SHA256 string `json:"sha256"`
}

func checkObject(name string) error { return checkLength("object name", name, maxTopic) }

// PutObject implements store.Objects.
func (s *Store) PutObject(ctx context.Context, name string, data []byte) error {
	if err := checkObject(name); err != nil {
		return err
	}
	if err := s.putObject(ctx, name, data); err != nil {
		return fmt.Errorf("store object %q: %w", name, err)
	}
	return nil
}

func (s *Store) putObject(ctx context.Context, name string, data []byte) error {
	old, err := s.objectHead(ctx, name)
	if err != nil && !isAny(err, store.ErrNotFound, errBadHead) {
		return err
	}
	size := min(maxChunk, s.MaxPayload())
	head := objectHead{Upload: uniqueToken(), Chunks: (len(data) + size - 1) / size, SHA256: digest(data)}
	if head.SHA256 == old.SHA256 {
		return nil
	}
	if err := s.putChunks(ctx, name, head, slices.Chunk(data, size)); err != nil {
		return err
	}
	if err := s.putHead(ctx, name, head); err != nil {
		return err
	}
	return s.dropUpload(ctx, name, old)
}

func (s *Store) putChunks(ctx context.Context, name string, head objectHead, chunks iter.Seq[[]byte]) error {
	eg, ctx := errgroup.WithContext(ctx)
	eg.SetLimit(chunksAhead)
	n := 0
	for chunk := range chunks {
		subject := s.name.chunk(name, head.Upload, strconv.Itoa(n))
		n++
		eg.Go(func() error {
			_, err := s.objects.write(ctx, &nats.Msg{Subject: subject, Data: chunk})
			return err
		})
	}
	return eg.Wait()
}

func (s *Store) putHead(ctx context.Context, name string, head objectHead) error {
	data, err := json.Marshal(head)
	if err != nil {
		return err
	}
	_, err = s.objects.write(ctx, &nats.Msg{Subject: s.name.object(name), Data: data})
	return err
}

// dropUpload removes the chunks of an object's previous content.
func (s *Store) dropUpload(ctx context.Context, name string, old objectHead) error {
	if old.Chunks == 0 {
		return nil
	}
	return s.objects.purge(ctx, s.name.chunk(name, old.Upload, ">"))
}

// GetObject implements store.Objects.
func (s *Store) GetObject(ctx context.Context, name string) ([]byte, error) {
	if err := checkObject(name); err != nil {
		return nil, err
	}
	data, err := s.getObject(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read object %q: %w", name, err)
	}
	return data, nil
}

func (s *Store) getObject(ctx context.Context, name string) ([]byte, error) {
	head, err := s.objectHead(ctx, name)
	for err == nil {
		var data []byte
		if data, err = s.getChunks(ctx, name, head); err != nil || digest(data) == head.SHA256 {
			return data, err
		}
		// The content was replaced since the head was read, or it is damaged.
		read := head
		if head, err = s.objectHead(ctx, name); err == nil && head == read {
			err = fmt.Errorf("content is damaged: %d bytes in %d chunks do not have the digest %s", len(data), head.Chunks, head.SHA256)
		}
	}
	return nil, err
}

// getChunks returns the content of an upload without chunks that are missing.
func (s *Store) getChunks(ctx context.Context, name string, head objectHead) ([]byte, error) {
	from, subject := s.reader(s.objects), s.name.chunk(name, head.Upload, ">")
	chunks, err := collectChunks(from.all(ctx, subject, 0), head.Chunks)
	if err == nil && slices.ContainsFunc(chunks, func(c []byte) bool { return c == nil }) {
		chunks, err = collectChunks(from.allFresh(ctx, subject, 0), head.Chunks)
	}
	return bytes.Join(chunks, nil), err
}

// collectChunks returns chunks, which are stored in any order, by their number. A missing one is nil.
func collectChunks(messages iter.Seq2[message, error], n int) ([][]byte, error) {
	chunks := make([][]byte, n)
	for m, err := range messages {
		if err != nil {
			return nil, err
		}
		i, err := strconv.Atoi(m.Subject[strings.LastIndexByte(m.Subject, '.')+1:])
		if err != nil || i < 0 || i >= n {
			return nil, fmt.Errorf("subject %s is not one of %d chunks", m.Subject, n)
		}
		chunks[i] = m.Data
	}
	return chunks, nil
}

// ListObjects implements store.Objects.
func (s *Store) ListObjects(ctx context.Context, yield func(name string) bool) error {
	for m, err := range s.reader(s.objects).all(ctx, s.name.subject("o", ">"), 0) {
		if err != nil {
			return fmt.Errorf("list objects: %w", err)
		}
		name, err := s.name.parseObject(m.Subject)
		if err != nil {
			s.log.Debug("ignored a message that is not an object", "seq", m.Seq, "error", err)
			continue
		}
		if !yield(name) {
			return nil
		}
	}
	return nil
}

// DeleteObject implements store.Objects.
func (s *Store) DeleteObject(ctx context.Context, name string) error {
	if err := checkObject(name); err != nil {
		return err
	}
	err := s.objects.purge(ctx, s.name.object(name))
	if err == nil {
		err = s.objects.purge(ctx, s.name.subject("oc", token(name), ">"))
	}
	if err != nil {
		return fmt.Errorf("delete object %q: %w", name, err)
	}
	return nil
}

func (s *Store) objectHead(ctx context.Context, name string) (head objectHead, err error) {
	m, err := s.reader(s.objects).last(ctx, s.name.object(name))
	if err != nil {
		return head, err
	}
	if err := json.Unmarshal(m.Data, &head); err != nil || head.Chunks < 0 || head.Chunks > maxChunks {
		return objectHead{}, errBadHead
	}
	return head, nil
}

// errBadHead says that a message on an object's subject is not a head.
var errBadHead = errors.New("the object is damaged: store it again")

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
