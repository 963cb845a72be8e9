// This file is the actor of a workflow id: the one place in this worker where its runs make progress.

package workflow

import (
	"container/list"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

// actor has a mailbox, and a goroutine while there are messages in it.
type actor struct {
	*workflow
	runs    *Runs
	mailbox mailbox // guarded by runs.mu

	// What follows belongs to the goroutine that works through the mailbox.
	run       *run   // nil if it is not in memory
	refusal   error  // why the run's code must not be run
	contested bool   // another worker has appended: what this one knows of the journal may be wrong
	gaps      uint64 // the gaps in what was delivered after which the inbox was read
	unread    bool   // this turn is the second try of one that would have closed the run without reading all messages
	parking   parking
	probation probation
}

// mailbox holds the messages of an actor.
type mailbox struct {
	messages  messages
	working   bool                      // a goroutine works through the messages, or will
	place     place                     // where the actor waits to be admitted
	admitted  bool                      // the actor uses room of the admission
	unsettled map[deliveryKey]*delivery // deliveries that have no answer yet
	idle      *list.Element             // place among the actors that can be dropped
	blocked   *blockedError             // the run's code holds the goroutine
	takenOver bool                      // another actor has taken the place of this one, which was blocked
}

func newActor(runs *Runs, queue, id string) *actor {
	a := &actor{
		runs: runs, mailbox: mailbox{unsettled: map[deliveryKey]*delivery{}},
		probation: probation{build: runs.Build, slot: runs.trial},
	}
	a.probation.wait = func() { runs.stepAside(a) }
	a.workflow = &workflow{
		id: id, queue: queue, worker: runs.Process, tasks: runs.Activities,
		alarm: &alarm{store: runs.Store, queue: queue, id: id},
		post:  func(m message) { runs.post(a, m) },
		kill:  runs.kill,
		kept:  map[stepRef]*activity.Step{},

		requests: runs.requests,
	}
	return a
}

// work takes turns until the mailbox is empty, or others wait to be admitted.
func (a *actor) work() {
	for {
		ms := a.runs.receive(a)
		if len(ms) == 0 {
			a.runs.End()
			return
		}
		a.takeTurn(ms)
		if a.runs.requeue(a) {
			return
		}
	}
}

// forget drops the run from memory, and ends what this process does for it, except for steps that must not be attempted
// again. The journal has the run.
func (a *actor) forget() {
	a.alarm.stop()
	if a.run == nil {
		return
	}
	a.run.keepSteps()
	a.run.halt(activity.ErrUnloaded)
	a.run = nil
}

// unload forgets the run and everything else: this actor will not have it again.
func (a *actor) unload() {
	a.forget()
	a.endKept(activity.ErrUnloaded)
}

// acknowledge settles what has arrived: it has been taken in and need not arrive again.
func (a *actor) acknowledge() {
	a.runs.settle(a, func(d *delivery) {
		d.renewed.Settle().Ack()
		if a.run != nil && !d.Timer {
			delete(a.run.inbox.unsettled, d.Seq)
		}
	})
}

// handBack has what has arrived delivered again after a delay. It returns the number of deliveries.
func (a *actor) handBack(delay time.Duration) (n int) {
	a.runs.settle(a, func(d *delivery) {
		d.renewed.Settle().Nak(delay)
		n++
	})
	return n
}
