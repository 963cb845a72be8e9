package worker

import (
	"container/list"
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// actor is the one place in this worker where the runs of a workflow id are moved on. It has a mailbox, and a
// goroutine while there is mail.
type actor struct {
	w     *Worker
	id    string
	queue string

	mail     []mail // guarded by w.mu, like the next five
	working  bool
	bySeq    map[deliveryKey]*delivery // unsettled deliveries
	idle     *list.Element             // place in w.idle
	blocked  *BlockedError             // the code of the run holds the goroutine
	relieved bool                      // another actor has taken the place of this one, which was blocked

	// The rest belongs to the goroutine that works the mailbox.
	*run
	refuses    error // why the code is not to be run
	contested  bool  // another worker appended: do not assume anything of the journal
	trial      *trial
	notes      []string // of trials, in the registry
	parked     int      // how many times in a row the run could not go on
	parkReason string

	alarm   *time.Timer // in memory: the next time something is due
	durable []time.Time // alarms in the store that are known of, earliest first
}

// run is what an actor knows of the newest run of its id: the state as of journal record last.
type run struct {
	x         *replay.Execution // nil if the run is closed, or the id was never used
	started   *history.RunStarted
	startedAt time.Time
	runID     string
	closed    history.Status // status of a closed run, zero if it is open
	first     store.Seq
	last      store.Seq
	consumed  map[store.Seq]bool // messages that are taken in
	unsettled map[store.Seq]bool // those of them that may be delivered again
	archive   archive
	records   []*history.Record                   // read and not yet replayed
	steps     map[history.OpID]*attempt           // under way in this process
	cancels   map[history.OpID]context.CancelFunc // activities being told of their cancellation
	begun     map[history.OpID]bool               // activities whose schedule-to-start limit was looked at
}

// mail is one thing for an actor to look at. Exactly one of the fields is set.
type mail struct {
	wake   *delivery
	read   *store.Pending // found in the inbox, not delivered
	done   *history.StepCompleted
	failed *activityFailed
	local  *localOutcome
	tick   bool // something may be due
	poke   bool // load the run and publish what is missing
	stack  *stackQuery
}

// localOutcome is the outcome of an activity that ran in the worker that has its run. It needs no way through the inbox:
// its task is acknowledged only once the outcome is in the journal.
type localOutcome struct {
	runID    string
	done     *history.ActivityCompleted
	recorded chan<- bool // takes one answer without blocking
	taken    bool        // it was news to the run
}

// answerLocal says of the outcomes among letters whether they are recorded.
func answerLocal(letters []mail, recorded bool) {
	for _, m := range letters {
		if m.local != nil {
			m.local.recorded <- recorded && m.local.taken
		}
	}
}

// hand gives an outcome to the run if this worker has it in memory, and reports whether the journal has it then.
func (w *Worker) hand(id string, runID string, done *history.ActivityCompleted) bool {
	recorded := make(chan bool, 1)
	w.mu.Lock()
	a, ok := w.actors[id]
	if ok = ok && !w.stopping; ok {
		w.put(a, mail{local: &localOutcome{runID: runID, done: done, recorded: recorded}})
	}
	w.mu.Unlock()
	return ok && <-recorded
}

// activityFailed is an outcome that the workflow's own worker gives to an activity: nobody runs it.
type activityFailed struct {
	op  history.OpID
	err error
}

// deliveryKey tells deliveries apart: fired timers have sequences of their own.
type deliveryKey struct {
	timer bool
	seq   store.Seq
}

// delivery is a wake-up that was not answered yet.
type delivery struct {
	store.Wakeup
	key     deliveryKey
	settle  store.Settle // of the newest delivery of this message
	queued  bool         // in the mailbox, not yet taken into a turn; guarded by Worker.mu
	again   bool         // it was delivered again since; guarded by Worker.mu
	arrived time.Time
}

// alone reports whether no other worker can have had this message. One that had it, and stood still, may acknowledge
// it at any moment, by what it knows: then the message comes to nobody any more.
func (d *delivery) alone() bool {
	return d.Delivered == 1 && !d.again && time.Since(d.arrived) < store.AckWait/2
}

// wake is the store's handler: it puts a wake-up into the mailbox of its actor.
func (w *Worker) wake(wk store.Wakeup) {
	d := &delivery{Wakeup: wk, key: deliveryKey{wk.Timer, wk.Seq}, settle: wk.Settle, queued: true, arrived: time.Now()}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopping {
		wk.Nak(0)
		return
	}
	a := w.actor(wk.Queue, wk.ID)
	if known, ok := a.bySeq[d.key]; ok { // delivered again while we are at it
		known.settle, known.again = wk.Settle, true
		return
	}
	a.bySeq[d.key] = d
	w.settling[d] = struct{}{}
	w.put(a, mail{wake: d})
}

// post puts local news into the mailbox of an actor, if the actor is still there.
func (w *Worker) post(a *actor, m mail) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.actors[a.id] == a {
		w.put(a, m)
	}
}

// poke has the run of a workflow id loaded, repaired and moved on.
func (w *Worker) poke(queue, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.put(w.actor(queue, id), mail{poke: true})
}

// actor finds or makes the actor of a workflow id. w.mu is held.
func (w *Worker) actor(queue, id string) *actor {
	a, ok := w.actors[id]
	if !ok {
		a = &actor{w: w, id: id, queue: queue, bySeq: map[deliveryKey]*delivery{}}
		w.actors[id] = a
	}
	return a
}

// put appends to a mailbox and sees to it that somebody reads it. w.mu is held.
func (w *Worker) put(a *actor, m mail) {
	a.mail = append(a.mail, m)
	w.relieve(a, m)
	w.set(a)
}

// set has somebody read the mailbox of an actor. w.mu is held.
func (w *Worker) set(a *actor) {
	if a.working || w.stopping {
		return
	}
	a.working = true
	w.idle.remove(a)
	w.busy.Add(1)
	go a.work()
}

// work takes turns until the mailbox is empty.
func (a *actor) work() {
	defer a.w.busy.Done()
	for {
		a.w.mu.Lock()
		mail := a.mail
		a.mail = nil
		for _, m := range mail {
			if m.wake != nil {
				m.wake.queued = false
			}
		}
		if len(mail) == 0 || a.w.stopping {
			answerLocal(mail, false)
			a.working = false
			a.w.rest(a)
			a.w.mu.Unlock()
			return
		}
		a.w.mu.Unlock()
		a.turn(mail)
	}
}

// rest decides what becomes of an actor without mail: kept in memory if its run is open, or parked, so that it is known
// how often it was tried; dropped otherwise. The run
// that was used least lately makes room. w.mu is held.
func (w *Worker) rest(a *actor) {
	if a.parked == 0 && (a.run == nil || a.x == nil) {
		w.drop(a)
		return
	}
	if len(a.bySeq) > 0 {
		return // work is under way in this process: a step, a short timer
	}
	w.idle.add(a)
	for w.idle.len() > w.opt.Cache {
		w.drop(w.idle.oldest())
	}
}

// drop takes an actor without unsettled deliveries out of memory. w.mu is held.
func (w *Worker) drop(a *actor) {
	if len(a.bySeq) > 0 {
		return
	}
	w.idle.remove(a)
	if w.actors[a.id] == a {
		delete(w.actors, a.id)
	}
	a.forget()
}

// forget ends the run in memory. The journal has it.
func (a *actor) forget() {
	a.stopClock()
	if a.run == nil {
		return
	}
	a.halt(errForgotten)
	a.run = nil
}

// halt ends what goes on in this process for the run. Its coroutines end beside: their defers are the author's code, which
// nobody here should have to wait for.
func (a *actor) halt(why error) {
	for _, step := range a.steps {
		step.cancel(why)
	}
	for _, stop := range a.cancels {
		stop()
	}
	if a.x != nil {
		go a.w.end(a.x)
		a.x = nil
	}
}

// acknowledge settles what arrived, once it is taken in and needs not come again.
func (a *actor) acknowledge() {
	a.settle(func(d *delivery) {
		d.settle.Ack()
		if a.run != nil && !d.Timer {
			delete(a.unsettled, d.Seq)
		}
	})
}

// handBack has what arrived delivered again after a delay.
func (a *actor) handBack(delay time.Duration) {
	a.settle(func(d *delivery) { d.settle.Nak(delay) })
}

// settle answers the deliveries that are still unsettled.
func (a *actor) settle(answer func(*delivery)) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	for key, d := range a.bySeq {
		if d.queued {
			continue // it came after this turn began
		}
		answer(d)
		delete(a.bySeq, key)
		delete(a.w.settling, d)
	}
}

// idleList orders the actors that could be dropped, least lately used first.
type idleList struct{ order list.List }

func (l *idleList) add(a *actor) {
	l.remove(a)
	a.idle = l.order.PushBack(a)
}

func (l *idleList) remove(a *actor) {
	if a.idle != nil {
		l.order.Remove(a.idle)
		a.idle = nil
	}
}

func (l *idleList) len() int       { return l.order.Len() }
func (l *idleList) oldest() *actor { return l.order.Front().Value.(*actor) }
