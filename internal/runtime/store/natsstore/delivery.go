// A delivery: a message that a consumer delivered and that waits for an answer.

package natsstore

import (
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// delivery implements store.Settle. Answers are plain publishes. If one is lost, the message is delivered again.
type delivery struct {
	msg     *nats.Msg
	seq     uint64 // in the stream
	stored  time.Time
	number  uint64 // among the deliveries of the consumer
	count   int    // of deliveries, including this one
	settled func() // called once, on Ack or Nak; may be nil
	once    sync.Once
}

func newDelivery(m *nats.Msg) (*delivery, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, fmt.Errorf("read metadata of a delivery on %s: %w", m.Subject, err)
	}
	return &delivery{msg: m, seq: meta.Sequence.Stream, number: meta.Sequence.Consumer, stored: meta.Timestamp, count: int(meta.NumDelivered)}, nil
}

func (d *delivery) Ack() { d.settle("+ACK") }

func (d *delivery) Nak(delay time.Duration) { d.settle(nak(delay)) }

func nak(delay time.Duration) string {
	if delay <= 0 {
		return "-NAK"
	}
	return fmt.Sprintf(`-NAK {"delay": %d}`, delay.Nanoseconds())
}

// terminate removes a message that no handler can process. It is not delivered again.
func (d *delivery) terminate() { d.settle("+TERM") }

func (d *delivery) InProgress() { d.answer("+WPI") }

func (d *delivery) settle(answer string) {
	d.once.Do(func() {
		d.answer(answer)
		if d.settled != nil {
			d.settled()
		}
	})
}

func (d *delivery) answer(answer string) { _ = d.msg.Respond([]byte(answer)) }
