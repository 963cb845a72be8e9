// This file holds the coroutines that are blocked on a channel.

package sched

import (
	"unsafe"

	"github.com/pawlhq/pawl/internal/runtime/list"
)

// waiter is a coroutine's interest in one channel.
type waiter struct {
	c        *Coroutine     // nil for a pending send, which no coroutine waits with
	buffered bool           // a pending send that counts as the content of a buffer
	value    unsafe.Pointer // *T: what is sent, or where to put what is received
	ok       bool           // it was served, and not by close
	key      unsafe.Pointer // the channel
	queued   list.Node[*waiter]

	// For a waiter of a select:
	choice  *choice // nil for a single operation
	index   int     // among the cases
	sibling *waiter // of the case before it
}

// choice is a select that waits.
type choice struct {
	last   *waiter // of the last case; the others follow by sibling
	winner int     // index of the case that was served
}

// channelWait is what a coroutine needs in order to wait for channels. It waits in one operation at a time, so it is
// part of the coroutine and not allocated for each.
type channelWait struct {
	single waiter
	choice choice
}

// blocked holds the coroutines that are blocked on one channel. They are blocked on receiving only while the buffer is
// empty and none is blocked on sending, and the other way round.
type blocked struct {
	receivers, senders list.List[*waiter]
	buffered           int // of the senders
}

func (b *blocked) empty() bool { return b.receivers.Empty() && b.senders.Empty() }
