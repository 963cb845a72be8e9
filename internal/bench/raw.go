// Measurements of the server alone: publishing to a stream, without the engine.

package bench

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// rawSize is the size of a published message in bytes, about that of a history record with one event.
const rawSize = 256

// rawWindow is the maximum number of publishes that wait for their acknowledgement.
const rawWindow = 1024

func (r *rig) rawStream(ctx context.Context) (subject string, err error) {
	subject = r.namespace + ".raw"
	c := jetstream.StreamConfig{Name: "PAWL_" + r.namespace + "_RAW", Subjects: []string{subject}}
	if r.nats.Memory {
		c.Storage = jetstream.MemoryStorage
	}
	_, err = r.js.CreateOrUpdateStream(ctx, c)
	return subject, err
}

// publishOne publishes for d, each message after the previous one was acknowledged.
func (r *rig) publishOne(ctx context.Context, d time.Duration) (times, error) {
	subject, err := r.rawStream(ctx)
	if err != nil {
		return nil, err
	}
	var took times
	data := make([]byte, rawSize)
	for begun := time.Now(); time.Since(begun) < d; {
		sent := time.Now()
		if _, err := r.js.Publish(ctx, subject, data); err != nil {
			return nil, err
		}
		took = append(took, time.Since(sent))
	}
	return took, nil
}

// publishMany publishes for d without waiting for each acknowledgement, and returns the number of acknowledgements per second.
func (r *rig) publishMany(ctx context.Context, d time.Duration) (float64, error) {
	subject, err := r.rawStream(ctx)
	if err != nil {
		return 0, err
	}
	data := make([]byte, rawSize)
	window := make(chan jetstream.PubAckFuture, rawWindow)
	acked, failed := 0, make(chan error, 1)
	go func() {
		defer close(failed)
		for f := range window {
			select {
			case <-f.Ok():
				acked++
			case err := <-f.Err():
				failed <- err
				return
			case <-ctx.Done():
				failed <- ctx.Err()
				return
			}
		}
	}()
	begun := time.Now()
	for time.Since(begun) < d {
		f, err := r.js.PublishAsync(subject, data)
		if err != nil {
			return 0, err
		}
		select {
		case window <- f:
		case err := <-failed:
			return 0, err
		}
	}
	close(window)
	err = <-failed
	return float64(acked) / time.Since(begun).Seconds(), err
}
