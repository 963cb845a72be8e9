// Package workflow runs the workflows of a worker: it loads and replays runs, applies what arrives, appends what their
// code commands, and carries out what follows.
//
// Each workflow id has an actor (actor.go), which works on one turn of its run at a time. A turn follows the commit
// protocol (protocol.go): apply what has arrived (turn.go), append one record (commit.go), publish what follows from it
// (effects.go), and only then acknowledge what has arrived. If the worker dies in between, the messages arrive at another
// worker, which loads the journal and publishes what is missing. Several workers may believe that they own a run: the
// compare in the append lets one of them win, and the others forget what they had.
package workflow

import (
	"container/list"
	"context"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// Config is what the workflow side of a worker needs.
type Config struct {
	*process.Process
	Activities *activity.Runner
	Cache      int           // how many runs are kept in memory between messages
	Turn       time.Duration // how long code may run without waiting before the watchdog reports it
	SweepEvery time.Duration
	Build      func() string // identifies the build of this program
}

// Runs are the runs that a worker has in memory. Its exported methods may be called from any goroutine.
type Runs struct {
	Config
	trial    chan struct{} // has room for the one suspect run that may be tried
	requests *requests

	mu        sync.Mutex
	actors    map[string]*actor // by workflow id
	idle      list.List         // actors that can be dropped, least recently used first
	admission admission
	gaps      uint64 // how often another worker may have been given messages for runs that are here in memory
}

// New returns the workflow side of a worker, without any run.
func New(config Config) *Runs {
	return &Runs{Config: config, trial: make(chan struct{}, 1), requests: newRequests(config.Process), actors: map[string]*actor{}, admission: newAdmission()}
}

// Receive takes messages for the workflows of a queue until ctx ends. It returns when messages flow.
func (rs *Runs) Receive(ctx context.Context, queue string) error {
	return rs.Store.Receive(ctx, store.ReceiveOptions{Queue: queue, Worker: rs.ID, Handler: rs.deliver})
}

// Unload drops all runs from memory. Nothing must be under way.
func (rs *Runs) Unload() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, a := range rs.actors {
		a.unload()
	}
	clear(rs.actors)
}

// RecordOutcome gives an outcome to a run if this worker has it in memory. It waits for the run's next record, and
// reports whether that has the outcome. The outcome needs no way through the inbox then, because its task is acknowledged
// only after it is recorded.
func (rs *Runs) RecordOutcome(id, runID string, completed *history.ActivityCompleted) bool {
	recorded := make(chan bool, 1)
	o := &outcome{runID: runID, op: completed.Op, event: completed, recorded: recorded}
	return rs.send(id, message{outcome: o}) && <-recorded
}

// Wake sends the owner of a run, in whatever worker it is, a message to publish again what is missing. Of several
// messages with one reason, one is enough.
func (rs *Runs) Wake(ctx context.Context, queue, id, runID, reason string) error {
	msg := &history.Message{RunID: runID, Wake: &history.Wake{}}
	return rs.Store.Send(ctx, store.Message{Queue: queue, ID: id, DedupID: "wake/" + runID + "/" + reason, Data: msg.Marshal()})
}

// deliver puts a wake-up from the store into the mailbox of its actor.
func (rs *Runs) deliver(wk store.Wakeup) {
	key := deliveryKey{wk.Timer, wk.Seq}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.Stopping() {
		wk.Nak(0)
		return
	}
	if wk.Gap {
		rs.gaps++
	}
	a := rs.actor(wk.Queue, wk.ID)
	if known, ok := a.mailbox.unsettled[key]; ok {
		known.renewed.Redelivered(wk.Settle)
		known.redelivered.Store(true)
		return
	}
	d := &delivery{Wakeup: wk, key: key, renewed: rs.Renew(wk.Settle), queued: true}
	a.mailbox.unsettled[key] = d
	rs.enqueue(a, message{delivery: d})
}

// send puts a message into the mailbox of a workflow id, and reports whether there is one and it will be read.
func (rs *Runs) send(id string, m message) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	a, ok := rs.actors[id]
	if !ok || rs.Stopping() {
		return false
	}
	rs.enqueue(a, m)
	return true
}

// post puts a message into the mailbox of an actor, if the actor is still there.
func (rs *Runs) post(a *actor, m message) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.actors[a.id] == a {
		rs.enqueue(a, m)
	}
}

// wakeActor has the run of a workflow id loaded, repaired and moved on in this worker.
func (rs *Runs) wakeActor(queue, id string) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.enqueue(rs.actor(queue, id), message{})
}

// actor finds or makes the actor of a workflow id. rs.mu is held.
func (rs *Runs) actor(queue, id string) *actor {
	a, ok := rs.actors[id]
	if !ok {
		a = newActor(rs, queue, id)
		rs.actors[id] = a
	}
	return a
}

// enqueue appends a message to a mailbox and has it read. rs.mu is held.
func (rs *Runs) enqueue(a *actor, m message) {
	a.mailbox.messages = append(a.mailbox.messages, m)
	rs.takeOver(a, m)
	rs.schedule(a, classOf(m))
}

// schedule has an actor work, as soon as it is admitted. rs.mu is held.
func (rs *Runs) schedule(a *actor, c class) {
	if a.mailbox.working {
		a.mailbox.place = rs.admission.advance(a.mailbox.place, c)
		return
	}
	if !rs.Begin() { // the worker is stopping: nothing will be read
		a.mailbox.messages.refuse()
		a.mailbox.messages = nil
		return
	}
	a.mailbox.working = true
	rs.notIdle(a)
	rs.enter(a, c)
}

// enter has an actor work as soon as it is admitted. rs.mu is held.
func (rs *Runs) enter(a *actor, c class) {
	a.mailbox.place = rs.admission.enter(c, func() {
		a.mailbox.place, a.mailbox.admitted = place{}, true
		go a.work()
	})
}

// leave lets another actor work, although this one may go on. rs.mu is held.
func (rs *Runs) leave(a *actor) {
	if a.mailbox.admitted {
		a.mailbox.admitted = false
		rs.admission.leave()
	}
}

// stepAside lets another actor work while this one waits or is blocked.
func (rs *Runs) stepAside(a *actor) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.leave(a)
}

// requeue has an actor wait for its turn again between two of its own, if others wait. It reports whether the goroutine of
// the actor must end.
func (rs *Runs) requeue(a *actor) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if !a.mailbox.admitted || !rs.admission.contended() || len(a.mailbox.messages) == 0 {
		return false
	}
	rs.enter(a, classOf(a.mailbox.messages[0]))
	rs.leave(a)
	return true
}

// receive empties the mailbox of an actor for its goroutine, which must end if there are no messages.
func (rs *Runs) receive(a *actor) messages {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	ms := a.mailbox.messages
	a.mailbox.messages = nil
	for _, m := range ms {
		if m.delivery != nil {
			m.delivery.queued = false
		}
	}
	if len(ms) > 0 && !rs.Stopping() {
		return ms
	}
	ms.refuse()
	a.mailbox.working = false
	rs.leave(a)
	rs.rest(a)
	return nil
}

// rest decides whether an actor without messages stays in memory. It stays if its run is open, or parked, so that the
// number of attempts is known, or if a step goes on. If there are too many, the least recently used one is dropped. rs.mu is held.
func (rs *Runs) rest(a *actor) {
	if a.parking.times == 0 && len(a.kept) == 0 && (a.run == nil || !a.run.loaded()) {
		rs.drop(a)
		return
	}
	if len(a.mailbox.unsettled) > 0 {
		return // something goes on in this process: a step, a short timer
	}
	rs.notIdle(a)
	a.mailbox.idle = rs.idle.PushBack(a)
	for rs.idle.Len() > rs.Cache {
		rs.drop(rs.idle.Front().Value.(*actor))
	}
}

// notIdle removes an actor from the list of actors that can be dropped. The caller holds rs.mu.
func (rs *Runs) notIdle(a *actor) {
	if a.mailbox.idle != nil {
		rs.idle.Remove(a.mailbox.idle)
		a.mailbox.idle = nil
	}
}

// drop takes an actor out of memory, unless it has unsettled deliveries. rs.mu is held.
func (rs *Runs) drop(a *actor) {
	if len(a.mailbox.unsettled) > 0 {
		return
	}
	rs.notIdle(a)
	if rs.actors[a.id] == a {
		delete(rs.actors, a.id)
	}
	a.unload()
}

// settle calls answer with the unsettled deliveries of an actor that arrived before its turn began.
func (rs *Runs) settle(a *actor, answer func(*delivery)) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for key, d := range a.mailbox.unsettled {
		if !d.queued {
			answer(d)
			delete(a.mailbox.unsettled, key)
		}
	}
}

// holdsExclusively reports whether the actor has a delivery that arrives at another worker if this one dies.
func (rs *Runs) holdsExclusively(a *actor) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, d := range a.mailbox.unsettled {
		if d.exclusive() {
			return true
		}
	}
	return false
}

// countGaps returns how many gaps there have been so far.
func (rs *Runs) countGaps() uint64 {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.gaps
}

// keepWaiting leaves out the deliveries whose messages are not in the inbox any more: another worker has taken them in,
// perhaps into a run that has closed since, and a start would be taken for one that comes after it. They are not
// acknowledged, because what was read from the inbox may be older than the delivery.
func (rs *Runs) keepWaiting(a *actor, ms messages, waiting []store.Pending) (left messages) {
	inInbox := map[store.Seq]bool{}
	for _, p := range waiting {
		inInbox[p.Seq] = true
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, m := range ms {
		if d := m.delivery; d != nil && !d.Timer && !inInbox[d.Seq] {
			d.renewed.Settle().Nak(store.AckWait)
			delete(a.mailbox.unsettled, d.key)
			continue
		}
		left = append(left, m)
	}
	return left
}
