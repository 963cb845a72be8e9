// This file sends updates to runs, and waits for their answers.

package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// ErrUnanswered says that a run closed without answering an update.
var ErrUnanswered = failures.ErrUnanswered

// UpdateOption changes how an update is sent.
type UpdateOption func(*history.SignalRequest) error

// UpdateID identifies an update: a run accepts one update with an id, and whoever sends it gets the same answer.
func UpdateID(id string) UpdateOption {
	return func(m *history.SignalRequest) error {
		m.ID = id
		return checkText("update id", id, maxID)
	}
}

// Update is a handle on an update that was sent.
type Update struct {
	run   *Run
	runID string // of the generation to which it was sent
	name  string
	id    string
	named bool // its sender gave it the id, and may have sent it before
}

// ID is the id of the update.
func (u *Update) ID() string { return u.id }

// Update sends an update, and returns when the run has accepted it: it is in the history. It fails as Result does if the run has
// refused the input, or closed before.
func (r *Run) Update(ctx context.Context, name string, in any, opts ...UpdateOption) (*Update, error) {
	if r.c == nil {
		return nil, fmt.Errorf("start update %s of workflow %q: %w", name, r.id, ErrOutside)
	}
	u, w, err := r.sendUpdate(ctx, name, in, opts)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	_, err = w.wait(ctx, false)
	return u, err
}

// Ask sends an update, waits for its answer and decodes it into out. Input that the workflow refuses is not recorded.
func (r *Run) Ask(ctx context.Context, name string, in, out any, opts ...UpdateOption) error {
	if r.c == nil {
		return r.askInside(ctx, name, in, out, opts)
	}
	u, w, err := r.sendUpdate(ctx, name, in, opts)
	if err != nil {
		return err
	}
	defer w.stop()
	return u.decode(ctx, w, out)
}

// Result waits for the answer and decodes it into out. It fails with the error with which the workflow has rejected the update,
// and with ErrUnanswered if the run has closed without answering.
func (u *Update) Result(ctx context.Context, out any) error {
	w, err := u.watch()
	if err != nil {
		return err
	}
	defer w.stop()
	return u.decode(ctx, w, out)
}

// decode waits for the answer and decodes it.
func (u *Update) decode(ctx context.Context, w *updateWait, out any) error {
	o, err := w.wait(ctx, true)
	if err != nil {
		return err
	}
	if err := u.run.c.openOutcome(ctx, o); err != nil {
		return fmt.Errorf("answer to update %s of workflow %q: %w", u.name, u.run.id, err)
	}
	if o.Failure != nil {
		return failures.NewErrors(u.run.workflow.Errors...).Decode(o.Failure)
	}
	return payloads.Decode(o.Result, out)
}

// openOutcome opens a sealed outcome.
func (c *Client) openOutcome(ctx context.Context, o *history.Outcome) error {
	opened, err := journal.Open(ctx, c.chain, []history.Event{{Body: &history.UpdateCompleted{Outcome: *o}}})
	if err == nil {
		*o = opened[0].Body.(*history.UpdateCompleted).Outcome
	}
	return err
}

// sendUpdate sends an update to the open run, and returns what waits for it. If the newest run has closed, only an answer that it
// has given counts.
func (r *Run) sendUpdate(ctx context.Context, name string, in any, opts []UpdateOption) (*Update, *updateWait, error) {
	if err := validate(in); err != nil {
		return nil, nil, err
	}
	m, err := newUpdate(r.workflow, name, in, opts)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot send update %s to workflow %q: %w", name, r.id, err)
	}
	named := m.ID != ""
	if !named {
		m.ID = r.c.newID(r.id)
	}
	u, w, err := r.deliverUpdate(ctx, m)
	if err == nil {
		u.named = named
	}
	return u, w, err
}

// deliverUpdate is sendUpdate for an update that has been made.
func (r *Run) deliverUpdate(ctx context.Context, m *history.SignalRequest) (*Update, *updateWait, error) {
	name := m.Name
	fail := func(err error) (*Update, *updateWait, error) {
		return nil, nil, fmt.Errorf("cannot send update %s to workflow %q: %w", name, r.id, err)
	}
	msg := &history.Message{Signal: m}
	queue, err := r.c.openRun(ctx, r.id, r.runID, msg)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fail(err)
	}
	u := &Update{run: r, runID: msg.RunID, name: name, id: m.ID, named: true}
	if err != nil { // closed: it may have answered
		run, unknown := r.c.read(ctx, r.id, r.runID)
		if unknown != nil {
			return fail(err)
		}
		u.runID = run.RunID
		if updateIn(run, m.ID).state == updateMissed {
			if found, unknown := r.c.findEarlier(ctx, r.id, u.runID, m.ID); unknown != nil || found.state == updateUnknown {
				return fail(err)
			}
		}
		w, err := u.watch()
		return u, w, err
	}
	if err := r.c.chain.Seal(ctx, journal.ObjectPrefix(r.id, msg.RunID), &m.Value); err != nil {
		return fail(err)
	}
	w, err := u.watch()
	if err != nil {
		return fail(err)
	}
	w.message = &store.Message{Queue: queue, ID: r.id, DedupID: signalKey(msg.RunID, m.ID), Data: msg.Marshal()}
	if err := r.c.store.Send(ctx, *w.message); err != nil {
		w.stop()
		return fail(err)
	}
	return u, w, nil
}

// newUpdate makes an update of a workflow.
func newUpdate(w *abi.Workflow, name string, in any, opts []UpdateOption) (*history.SignalRequest, error) {
	m := &history.SignalRequest{Name: name, Update: true}
	for _, opt := range opts {
		if opt != nil {
			if err := opt(m); err != nil {
				return nil, err
			}
		}
	}
	if err := checkName(w, name, true); err != nil {
		return nil, err
	}
	value, err := payloads.Encode(w.Codec, []any{in})
	m.Value = value
	return m, err
}

// UpdateWithStart sends an update with the start. If the start returns an open run instead of beginning one, that run gets it.
func UpdateWithStart(w *abi.Workflow, name string, in any, opts ...UpdateOption) StartOption {
	return func(req *history.StartRequest) error {
		if err := validate(in); err != nil {
			return err
		}
		m, err := newUpdate(w, name, in, opts)
		if err != nil {
			return fmt.Errorf("update %s: %w", name, err)
		}
		req.Signals = append(req.Signals, *m)
		return nil
	}
}

// validate calls the method Validate() error of a value, or of a pointer to a copy of it, if there is one.
func validate(in any) error {
	if in == nil {
		return nil
	}
	copied := reflect.New(reflect.TypeOf(in))
	copied.Elem().Set(reflect.ValueOf(in))
	if v, ok := copied.Interface().(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// updateState says how far an update is, by the journal.
type updateState struct {
	state   updateStage
	outcome *history.Outcome // of an answered one
}

type updateStage int

const (
	updateUnknown  updateStage = iota // the run is open, and has not accepted it
	updateAccepted                    // the run is open, and has not answered it
	updateAnswered
	updateUnanswered // the run has closed without answering it
	updateMissed     // the run has closed without accepting it
)

// findUpdate looks an update up in the journal: in a generation, and in those that follow it.
func (c *Client) findUpdate(ctx context.Context, id, generation, updateID string) (found updateState, err error) {
	for first := true; ; first = false {
		run, err := journal.Read(ctx, c.store, c.chain, id, generation)
		if !first && errors.Is(err, store.ErrNotFound) { // it is about to begin
			return found, nil
		}
		if err != nil {
			return found, err
		}
		found = updateIn(run, updateID)
		ended, continued := run.Closed().(*history.RunContinued)
		if !continued || found.state == updateAnswered || found.state == updateUnanswered {
			return found, nil
		}
		found.setIfAmong(ended.Signals, updateAccepted, updateID)
		generation = history.NextRunID(run.RunID)
	}
}

// findEarlier looks an update up in the generations before one, as far as they are kept.
func (c *Client) findEarlier(ctx context.Context, id, generation, updateID string) (updateState, error) {
	n, _ := history.Generation(generation)
	for ; n > 0; n-- {
		before := journalID(fmt.Sprintf("%s.%d", history.FirstRunID(generation), n-1))
		run, err := journal.Read(ctx, c.store, c.chain, id, before)
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		if err != nil {
			return updateState{}, err
		}
		if found := updateIn(run, updateID); found.state == updateAnswered || found.state == updateUnanswered {
			return found, nil
		}
	}
	return updateState{}, nil
}

// updateIn looks an update up in one generation. If that continues as new, requests that its code has not received are not its own.
func updateIn(run *journal.Run, updateID string) (found updateState) {
	for _, rec := range run.Records {
		for _, e := range rec.Events {
			if m, _ := history.ReceivedBy(e.Body); m != nil && m.Update && m.ID == updateID {
				found.state = updateAccepted
			}
			switch body := e.Body.(type) {
			case *history.RunStarted:
				found.setIfAmong(body.Signals, updateAccepted, updateID)
			case *history.RunContinued:
				found.setIfAmong(body.Signals, updateUnknown, updateID)
			case *history.UpdateCompleted:
				if body.ID == updateID {
					outcome := body.Outcome
					return updateState{updateAnswered, &outcome}
				}
			}
		}
	}
	switch closed := run.Closed() != nil; {
	case closed && found.state == updateAccepted:
		found.state = updateUnanswered
	case closed && !continued(run):
		found.state = updateMissed
	}
	return found
}

// setIfAmong sets the state if an update is among signals.
func (u *updateState) setIfAmong(signals []history.SignalRequest, state updateStage, updateID string) {
	for _, m := range signals {
		if m.Update && m.ID == updateID {
			u.state = state
		}
	}
}

// updateWait waits for news of an update.
type updateWait struct {
	u       *Update
	news    chan *history.UpdateNotice
	closed  chan struct{}
	message *store.Message // nil if the update was sent elsewhere
	looked  store.Seq      // the last record when the journal was read
	// searched: earlier generations do not have it.
	searched bool
	found    updateState
	stops    []func()
}

// watch listens for news of an update.
func (u *Update) watch() (*updateWait, error) {
	w := &updateWait{u: u, news: make(chan *history.UpdateNotice, 4), closed: make(chan struct{})}
	closing := sync.OnceFunc(func() { close(w.closed) })
	st := u.run.c.store
	for topic, handle := range map[string]func([]byte){
		journal.UpdateTopic(u.run.id, u.id): func(data []byte) {
			if notice, err := history.UnmarshalUpdateNotice(data); err == nil {
				select {
				case w.news <- notice:
				default: // it is found in the journal
				}
			}
		},
		journal.ClosedTopic(u.run.id): func([]byte) { closing() },
	} {
		stop, err := st.Subscribe(topic, func(data []byte) []byte { handle(data); return nil })
		if err != nil {
			w.stop()
			return nil, err
		}
		w.stops = append(w.stops, stop)
	}
	return w, nil
}

// stop stops listening.
func (w *updateWait) stop() {
	for _, stop := range w.stops {
		stop()
	}
}

// wait waits until the update is answered, or, if answered is false, accepted. News may be lost, so it looks into the journal from
// time to time, and sends the update again if that does not have it.
func (w *updateWait) wait(ctx context.Context, answered bool) (*history.Outcome, error) {
	c, u := w.u.run.c, w.u
	closed := w.closed
	for looks := 1; ; looks++ {
		timer := time.NewTimer(c.look.Pause(looks))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("update %s of workflow %q is not answered yet: %w", u.name, u.run.id, ctx.Err())
		case notice := <-w.news:
			timer.Stop()
			if notice.Outcome != nil || !answered {
				return notice.Outcome, nil
			}
			continue
		case <-closed:
			closed = nil
			timer.Stop()
		case <-timer.C:
		}
		found, err := w.look(ctx)
		switch {
		case err != nil:
			return nil, err
		case found.state == updateAnswered, found.state == updateAccepted && !answered:
			return found.outcome, nil
		case found.state == updateUnanswered, found.state == updateMissed:
			return nil, fmt.Errorf("update %s of workflow %q: %w", u.name, u.run.id, ErrUnanswered)
		case found.state == updateUnknown:
			if err := w.sendAgain(ctx); err != nil {
				return nil, err
			}
		}
	}
}

// look finds the update in the journal. It reads one record if there is no new one.
func (w *updateWait) look(ctx context.Context) (updateState, error) {
	c, u := w.u.run.c, w.u
	last, err := c.store.Last(ctx, u.run.id)
	if err == nil && last.Seq == w.looked {
		return w.found, nil
	}
	if err == nil {
		w.found, err = c.findUpdate(ctx, u.run.id, u.runID, u.id)
		w.looked = last.Seq
	}
	if err == nil && u.named && !w.searched && (w.found.state == updateUnknown || w.found.state == updateMissed) {
		w.searched = true
		if earlier, err := c.findEarlier(ctx, u.run.id, u.runID, u.id); err != nil || earlier.state != updateUnknown {
			w.found = earlier
			return earlier, err
		}
	}
	if errors.Is(err, store.ErrNotFound) { // no worker has begun the run
		return updateState{}, nil
	}
	return w.found, err
}

// sendAgain sends the update again if nothing has it: the run has refused it, and the notice was lost.
func (w *updateWait) sendAgain(ctx context.Context) error {
	if w.message == nil {
		return nil
	}
	waiting, err := w.u.run.c.store.Pending(ctx, w.message.Queue, w.message.ID)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if p.Start || bytes.Equal(p.Data, w.message.Data) {
			return nil
		}
	}
	again := *w.message
	again.DedupID = "" // the store may still remember the first one
	return w.u.run.c.store.Send(ctx, again)
}
