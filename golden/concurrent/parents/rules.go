package parents

// The rules of propagateCancel, parentCancelCtx, Cause, afterFuncer and withoutCancel.

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// AlreadyEnded: a parent that has ended ends its child before WithCancel returns, and whatever is derived from that.
//
//pawl:workflow
func AlreadyEnded(ctx context.Context) (string, error) {
	s := newSignal(ctx)
	s.end(errOwn)
	child, cancel := context.WithCancel(s)
	defer cancel()
	timed, cancelTimed := context.WithTimeout(s, time.Hour)
	defer cancelTimed()
	grandchild, cancelGrandchild := context.WithCancelCause(context.WithValue(child, "key", "value"))
	defer cancelGrandchild(errCause)
	_, err := Work(child)
	return fmt.Sprint(now(child), "; ", now(timed), "; ", now(grandchild), "; ", errors.Is(err, s.Err()), "; ", ended(grandchild)), nil
}

// AlreadyEndedHooks: a parent that has ended is not asked to call anything.
//
//pawl:workflow
func AlreadyEndedHooks(ctx context.Context) (string, error) {
	h := newHooked(ctx)
	h.end(errOwn)
	child, cancel := context.WithCancel(h)
	defer cancel()
	ran := make(chan bool)
	stop := context.AfterFunc(h, func() { close(ran) })
	stopped := stop()
	<-ran
	return fmt.Sprint(now(child), "; asked ", h.n, "; stopped ", stopped), nil
}

// EndsLater: a parent with only a channel is waited for.
//
//pawl:workflow
func EndsLater(ctx context.Context) (string, error) {
	s := newSignal(ctx)
	child, cancel := context.WithCancel(s)
	defer cancel()
	before := now(child)
	s.end(errOwn)
	return before + "; " + ended(child), nil
}

// NeverEnds: a parent without a channel ends no child, whatever its Err says.
//
//pawl:workflow
func NeverEnds(ctx context.Context) (string, error) {
	s := &signal{Context: ctx, err: errOwn}
	child, cancel := context.WithCancel(s)
	defer cancel()
	text := ended(child)
	cancel()
	return text + "; " + now(child), nil
}

// Hooks: a parent with a method AfterFunc is asked to call a function once for each child, and is not waited for.
//
//pawl:workflow
func Hooks(ctx context.Context) (string, error) {
	h := newHooked(ctx)
	one, cancelOne := context.WithCancel(h)
	defer cancelOne()
	two, cancelTwo := context.WithTimeout(h, time.Hour)
	defer cancelTwo()
	below, cancelBelow := context.WithCancel(one)
	defer cancelBelow()
	asked := h.n
	close(h.done) // without calling anything
	early := now(one)
	for i := range h.n {
		h.err = errOwn
		go h.fs[i]()
	}
	return fmt.Sprint("asked ", asked, "; ", early, "; ", ended(one), "; ", ended(two), "; ", ended(below), "; stopped ", h.stopped), nil
}

// Unhooks: a child that is cancelled, or that expires, has its parent forget it. One that its parent has ended does not.
//
//pawl:workflow
func Unhooks(ctx context.Context) (string, error) {
	h := newHooked(ctx)
	_, cancel := context.WithCancel(h)
	expiring, cancelExpiring := context.WithTimeout(h, time.Second)
	defer cancelExpiring()
	past, cancelPast := context.WithDeadline(h, time.Now().Add(-time.Second))
	defer cancelPast()
	kept, cancelKept := context.WithCancel(h)
	defer cancelKept()
	first := fmt.Sprint(h.stopped)
	cancel()
	cancel()
	second := fmt.Sprint(h.stopped)
	<-expiring.Done()
	time.Sleep(time.Second)
	third := fmt.Sprint(h.stopped)
	h.end(errOwn)
	<-kept.Done()
	cancelKept()
	return fmt.Sprint(first, second, third, h.stopped, now(past), now(kept)), nil
}

// HookTwice: a function that the parent calls twice, or after it was told to forget it, has no effect.
//
//pawl:workflow
func HookTwice(ctx context.Context) (string, error) {
	h := newHooked(ctx)
	n := 0
	context.AfterFunc(h, func() { n++ })
	stop := context.AfterFunc(h, func() { n += 10 })
	child, cancel := context.WithCancel(h)
	fs := []func(){h.fs[0], h.fs[1], h.fs[2]}
	stopped := fmt.Sprint(stop(), stop())
	cancel()
	h.end(errOwn)
	for _, f := range fs {
		f()
		f()
	}
	time.Sleep(time.Second)
	return fmt.Sprint(n, " ", stopped, " ", stop(), " ", now(child), " ", h.stopped), nil
}

// HookedWork: an activity under such a parent is cancelled by it, and one that has returned is not.
//
//pawl:workflow
func HookedWork(ctx context.Context) (string, error) {
	h := newHooked(ctx)
	child, cancel := context.WithCancel(h)
	defer cancel()
	text, err := Work(child)
	go func() {
		time.Sleep(time.Second)
		h.end(context.Canceled)
	}()
	_, err2 := Long(child)
	_, err3 := Work(child)
	return fmt.Sprint(text, " ", err, "; ", err2, "; ", errors.Is(err3, context.Canceled)), nil
}

// covered hides the method AfterFunc of its parent, and more.
type covered struct{ context.Context }

// Covered: only the method of the parent itself counts.
//
//pawl:workflow
func Covered(ctx context.Context) (string, error) {
	h := newHooked(ctx)
	child, cancel := context.WithCancel(covered{h})
	defer cancel()
	valued, cancelValued := context.WithCancel(context.WithValue(h, "key", "value"))
	defer cancelValued()
	asked := h.n
	h.signal.end(errOwn)
	return fmt.Sprint("asked ", asked, "; ", ended(child), "; ", ended(valued)), nil
}

// otherDone has a channel of its own over a context that can be cancelled.
type otherDone struct {
	context.Context
	done chan struct{}
}

func (o otherDone) Done() <-chan struct{} { return o.done }

// OtherDone: the child of a context with a channel of its own does not end with the context below. It takes the cause of
// that, if that has ended.
//
//pawl:workflow
func OtherDone(ctx context.Context) (string, error) {
	base, cancelBase := context.WithCancelCause(ctx)
	o := otherDone{base, make(chan struct{})}
	child, cancel := context.WithCancel(o)
	defer cancel()
	cancelBase(errCause)
	before := ended(child)
	close(o.done)
	return before + "; " + ended(child), nil
}

// sameDone only changes the error of a context.
type sameDone struct{ context.Context }

func (s sameDone) Err() error {
	if s.Context.Err() != nil {
		return errOwn
	}
	return nil
}

// SameDone: the child of a context with the channel of the one below is a child of that. Error and cause are that one's.
//
//pawl:workflow
func SameDone(ctx context.Context) (string, error) {
	base, cancelBase := context.WithCancelCause(ctx)
	s := sameDone{base}
	child, cancel := context.WithCancel(s)
	defer cancel()
	cancelBase(errCause)
	direct := now(child) // without a turn of another goroutine
	late, cancelLate := context.WithCancel(s)
	defer cancelLate()
	return fmt.Sprint(direct, "; ", ended(child), "; ", ended(late), "; ", s.Err(), " by ", context.Cause(s)), nil
}

// noValue hides the values of a context.
type noValue struct{ context.Context }

func (noValue) Value(any) any { return nil }

// NoValue: a context that hides its values hides the context below. Its child is told by a goroutine, and the cause is lost.
//
//pawl:workflow
func NoValue(ctx context.Context) (string, error) {
	base, cancelBase := context.WithCancelCause(ctx)
	v := noValue{base}
	child, cancel := context.WithCancel(v)
	defer cancel()
	cancelBase(errCause)
	return fmt.Sprint(ended(child), "; ", context.Cause(v)), nil
}

// Causes: the cause of a context without an error is nil. One that ends by itself has its error as its cause.
//
//pawl:workflow
func Causes(ctx context.Context) (string, error) {
	base, cancelBase := context.WithCancelCause(ctx)
	live := &signal{Context: base, done: make(chan struct{})} // its Err does not ask the one below
	before := context.Cause(live)
	cancelBase(errCause)
	lives := context.Cause(live)
	live.end(errOwn)
	own := newSignal(context.Background())
	own.end(errOwn)
	over := newSignal(ctx) // has ended, over one that has not
	over.end(errOwn)
	return fmt.Sprint(before, lives, context.Cause(live), context.Cause(own), context.Cause(over)), nil
}

// NoError: a parent that is done without an error is a mistake.
//
//pawl:workflow
func NoError(ctx context.Context) (string, error) {
	s := newSignal(ctx)
	close(s.done)
	return caught(func() { use(context.WithCancel(s)) }), nil
}

// Detached: a context without cancellation has no cause, and its children are not those of the one below.
//
//pawl:workflow
func Detached(ctx context.Context) (string, error) {
	base, cancelBase := context.WithCancelCause(context.WithValue(ctx, "key", "value"))
	d := context.WithoutCancel(base)
	child, cancel := context.WithCancelCause(covered{d})
	cancelBase(errCause)
	_, limited := d.Deadline()
	text := fmt.Sprint(d.Err(), context.Cause(d), d.Done() == nil, limited, d.Value("key"), " ", now(child))
	cancel(errOwn)
	return fmt.Sprint(text, "; ", ended(child), "; ", context.Cause(covered{d})), nil
}

// deadlined has a deadline that nothing enforces.
type deadlined struct {
	context.Context
	at time.Time
}

func (d deadlined) Deadline() (time.Time, bool) { return d.at, true }

// Deadlines: a context whose parent has an earlier deadline has that one, and does not end by it.
//
//pawl:workflow
func Deadlines(ctx context.Context) (string, error) {
	begin := time.Now()
	d := deadlined{ctx, begin.Add(time.Second)}
	child, cancel := context.WithTimeoutCause(d, time.Minute, errCause)
	defer cancel()
	at, _ := child.Deadline()
	earlier, cancelEarlier := context.WithTimeoutCause(d, time.Millisecond, errCause)
	defer cancelEarlier()
	time.Sleep(2 * time.Second)
	return fmt.Sprint(at.Sub(begin), " ", now(child), "; ", ended(earlier)), nil
}

// NilParents panic.
//
//pawl:workflow
func NilParents(ctx context.Context) (string, error) {
	var none context.Context
	return fmt.Sprint(caught(func() { use(context.WithCancel(none)) }), "; ", caught(func() { use(context.WithCancelCause(none)) }), "; ",
		caught(func() { use(context.WithTimeout(none, time.Hour)) }), "; ", caught(func() { use(context.WithDeadline(none, time.Now())) }), "; ",
		caught(func() { use(context.WithoutCancel(none)) }), "; ", caught(func() { use(context.WithValue(none, "key", 1)) }), "; ",
		caught(func() { context.AfterFunc(none, func() {}) }), "; ", caught(func() { use(context.Cause(none)) })), nil
}

// AfterFuncs: what runs when a parent of the author ends is told by it, once, or is stopped in time.
//
//pawl:workflow
func AfterFuncs(ctx context.Context) (string, error) {
	s, h := newSignal(ctx), newHooked(ctx)
	log := make(chan string, 9)
	context.AfterFunc(s, func() { log <- "signal" })
	context.AfterFunc(h, func() { log <- "hooked" })
	stopSignal := context.AfterFunc(s, func() { log <- "never" })
	stopHooked := context.AfterFunc(h, func() { log <- "never" })
	stopped := fmt.Sprint(stopSignal(), stopSignal(), stopHooked(), stopHooked(), h.stopped)
	s.end(errOwn)
	time.Sleep(time.Second)
	h.end(errOwn)
	time.Sleep(time.Second)
	close(log)
	for text := range log {
		stopped += " " + text
	}
	return stopped, nil
}

// values has a channel on which a value ends it, and not its being closed.
type values struct{ *signal }

// ValueEnds: a value on the channel of a parent ends the child that receives it.
//
//pawl:workflow
func ValueEnds(ctx context.Context) (string, error) {
	s := &signal{Context: ctx, done: make(chan struct{}, 1), err: errOwn}
	s.done <- struct{}{}
	first, cancelFirst := context.WithCancel(values{s})
	defer cancelFirst()
	second, cancelSecond := context.WithCancel(values{s})
	defer cancelSecond()
	text := fmt.Sprint(now(first), "; ", now(second))
	s.done <- struct{}{}
	return text + "; " + ended(second), nil
}
