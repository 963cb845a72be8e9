// This file hands signals and updates to the channels of the workflow.

package replay

import (
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// Receiver is the workflow's end of one kind of signal or update.
type Receiver interface {
	// Receive makes a value available to the code. It fails if the value cannot be decoded.
	Receive(id string, value history.Payload) error
	// Awaited reports whether a coroutine waits for the next value.
	Awaited() bool
	// Unread is how many values the code has not received.
	Unread() int
}

// signals holds the receivers of a run. The zero value is empty.
type signals struct {
	receivers map[string]Receiver
	early     []history.SignalRequest // received before the code made its receivers
	handed    []history.SignalRequest // to receivers, in order: all that the code has not received, and some that it has
	seen      history.SeenIDs
}

// SetReceiver sets the receiver of the signals with a name, and hands it those that came before it.
func (ss *signals) SetReceiver(name string, r Receiver) error {
	if ss.receivers == nil {
		ss.receivers = map[string]Receiver{}
	}
	ss.receivers[name] = r
	for _, s := range ss.early {
		if s.Name == name {
			if err := ss.hand(&s); err != nil {
				return err
			}
		}
	}
	return nil
}

// HasSignal reports whether the run has received a signal with an id.
func (ss *signals) HasSignal(id string) bool { return ss.seen.Has(id) }

// start notes what the run has received before its code begins.
func (ss *signals) start(e *history.RunStarted) {
	if e.Continued != nil {
		ss.seen.Load(e.Continued.Seen)
	}
	ss.early = e.Signals
	for _, s := range ss.early {
		ss.note(s.ID)
	}
}

// receive hands a signal to its receiver.
func (ss *signals) receive(m *history.SignalRequest) error {
	ss.note(m.ID)
	return ss.hand(m)
}

func (ss *signals) note(id string) {
	if id != "" {
		ss.seen.Add(id)
	}
}

func (ss *signals) hand(m *history.SignalRequest) error {
	r := ss.receivers[m.Name]
	if r == nil {
		return fmt.Errorf("the history has a signal %s, and the workflow takes no channel of that name: give the channel its name back, and the run then resumes", m.Name)
	}
	if err := r.Receive(m.ID, m.Value); err != nil {
		return fmt.Errorf("value of signal %s: %w; deploy code that can decode it, or terminate the run", m.Name, err)
	}
	if len(ss.handed) >= handedMax && len(ss.handed) >= 2*ss.countUnread() {
		ss.handed = ss.unread()
	}
	ss.handed = append(ss.handed, *m)
	return nil
}

// handedMax is how many signals are kept before those that the code has received are dropped.
const handedMax = 32

func (ss *signals) countUnread() (n int) {
	for _, r := range ss.receivers {
		n += r.Unread()
	}
	return n
}

// unread returns what the code has not received, in order. Each channel is first in, first out, so these are the last ones that
// its receiver was handed.
func (ss *signals) unread() (unread []history.SignalRequest) {
	left := map[string]int{}
	for name, r := range ss.receivers {
		left[name] = r.Unread()
	}
	for _, m := range slices.Backward(ss.handed) {
		if left[m.Name] > 0 {
			left[m.Name]--
			unread = append(unread, m)
		}
	}
	slices.Reverse(unread)
	return unread
}

// awaited reports whether a coroutine waits for a signal.
func (ss *signals) awaited() bool {
	for _, r := range ss.receivers {
		if r.Awaited() {
			return true
		}
	}
	return false
}
