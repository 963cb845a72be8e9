package random_test

import (
	"fmt"
	"slices"
)

// This file draws how processes begin and end, and in what form what they do is written.

// spawn has a process start another one.
func (m *maker) spawn() {
	if len(m.p.spawns) == 5 {
		return
	}
	parent, child := m.anyone(), len(m.p.spawns)
	m.p.spawns = append(m.p.spawns, m.start(child))
	m.p.events = append(m.p.events, event{parts: []part{{process: parent}}, spawns: child})
	m.alive = append(m.alive, child)
}

// start draws how a process is started. In any case, it says at its end that it is done.
func (m *maker) start(child int) spawn {
	s, names := spawn{}, []any{"$name", fmt.Sprintf("p%dx%d", m.p.seed, child), "$n", child, "$world", fmt.Sprint("world", m.p.seed)}
	if i := m.IntN(len(starts) + len(namedStarts)); i < len(starts) || m.p.locals {
		s.form = starts[i%len(starts)]
	} else {
		s = namedStarts[i-len(starts)]
	}
	f := pick(m, dones...)
	m.p.fields = append(m.p.fields, field{fill(f.name, names...), f.typ, fill(f.init, names...)})
	return spawn{form: fill(s.form, names...), header: fill(s.header, names...), first: fill(f.says, names...), join: fill(f.join, names...)}
}

// starts are ways to start a goroutine that does $body.
var starts = []string{
	`go func() {
		$body
	}()`,
	`go func(ctx context.Context) {
		$body
	}(ctx)`,
	`go call(func() {
		$body
	})`,
	`f$n := func() {
		$body
	}
	go f$n()`,
	`time.AfterFunc(2*time.Second, func() {
		$body
	})`,
	`{
		c, cancel := context.WithCancel(ctx)
		context.AfterFunc(c, func() {
			$body
		})
		cancel()
	}`,
}

// namedStarts are ways to start one that runs a function or method.
var namedStarts = []spawn{
	{form: "go w.$name(ctx)", header: startMethod},
	{form: "m$n := w.$name\ngo m$n(ctx)", header: startMethod},
	{form: "go (*$world).$name(w, ctx)", header: startMethod},
	{form: "go $name(ctx, w)", header: startFunction},
	{form: "go call(func() { $name(ctx, w) })", header: startFunction},
}

const (
	startMethod   = "func (w *$world) $name(ctx context.Context)"
	startFunction = "func $name(ctx context.Context, w *$world)"
)

// dones are ways in which a process says that it is done: the field for that, what it says, and how another waits for it.
var dones = []struct{ name, typ, init, says, join string }{
	{"done$n", "chan struct{}", "w.done$n = make(chan struct{})", "defer close(w.done$n)", "<-w.done$n"},
	{"done$n", "sync.WaitGroup", "w.done$n.Add(1)", "defer w.done$n.Done()", "w.done$n.Wait()"},
	{"done$n", "chan int", "w.done$n = make(chan int, 1)", "defer func() { w.done$n <- w.tapes[$n].x }()", `t.got("done", <-w.done$n)`},
}

// join has a process wait for the end of another.
func (m *maker) join(child, parent int) {
	m.p.events = append(m.p.events, event{parts: []part{{parent, m.p.spawns[child].join}}, joins: child})
	m.alive = slices.DeleteFunc(m.alive, func(p int) bool { return p == child })
}

// joinAny has some process wait for the end of another.
func (m *maker) joinAny() {
	if two := m.some(2); two != nil {
		m.join(two[1], two[0])
	}
}

// wrapAll draws the forms in which what processes do is written.
func (m *maker) wrapAll() {
	for process := range m.p.spawns {
		m.wrapWithin(process, 0, len(m.p.events)-1, 2)
	}
}

// wrapWithin draws forms for some of the events from..to, and others within these.
func (m *maker) wrapWithin(process, from, to, depth int) {
	for at := from; depth > 0 && at <= to; {
		first := at + m.IntN(to-at+1)
		last := first + m.IntN(min(to-first, 5)+1)
		at = last + 1
		if m.chance(2) {
			continue
		}
		m.wrap(process, first, last)
		m.wrapWithin(process, first, last, depth-1)
	}
}

// wrap draws a form for the events from..to.
func (m *maker) wrap(process, from, to int) {
	w, n := wrap{process: process, from: from, to: to}, len(m.p.wrapping)
	names := []any{"$name", fmt.Sprintf("p%dw%d", m.p.seed, n), "$n", n, "$world", fmt.Sprint("world", m.p.seed)}
	if i := m.IntN(len(wraps) + len(namedWraps)); i < len(wraps) || m.p.locals {
		w.form = fill(wraps[i%len(wraps)], names...)
	} else {
		w.form, w.header = fill(namedWraps[i-len(wraps)].form, names...), fill(namedWraps[i-len(wraps)].header, names...)
	}
	m.p.wrapping = append(m.p.wrapping, w)
}

// wraps do $body in another way.
var wraps = []string{
	`{
		$body
	}`,
	`for range 1 {
		$body
	}`,
	`loop$n:
	for {
		$body
		break loop$n
	}`,
	`switch {
	case t.x >= 0:
		$body
	default:
		panic("negative")
	}`,
	`if f := fixed($n); f() == $n {
		$body
	}`,
	`func() {
		defer t.note("leave", $n)
		$body
	}()`,
	`func() {
		defer func() { t.note("recovered", recover()) }()
		$body
		panic($n)
	}()`,
	`func() {
		defer func() {
			$body
		}()
		t.note("body", $n)
	}()`,
	`func() {
		defer func() { recover() }()
		defer func() {
			$body
		}()
		panic($n)
	}()`,
	`for range once {
		$body
	}`,
	`call(func() {
		$body
	})`,
	`sync.OnceFunc(func() {
		$body
	})()`,
	`slices.IndexFunc([]int{1}, func(int) bool {
		$body
		return true
	})`,
	`for range slices.Values([]int{1}) {
		$body
	}`,
	`ended$n := make(chan struct{})
	go func() {
		defer close(ended$n)
		$body
		runtime.Goexit()
	}()
	<-ended$n`,
	`var lock$n sync.Mutex
	lock$n.Lock()
	t.note("free", lock$n.TryLock())
	$body
	lock$n.Unlock()`,
	`var rw$n sync.RWMutex
	rw$n.RLock()
	t.note("free", rw$n.TryLock())
	$body
	rw$n.RUnlock()`,
	`next$n, stop$n := iter.Pull(func(yield func(int) bool) {
		$body
		yield($n)
	})
	next$n()
	stop$n()`,
}

// namedWraps have a function or method do it.
var namedWraps = []wrap{
	{form: "w.$name(ctx, t)", header: wrapMethod},
	{form: "(*$world).$name(w, ctx, t)", header: wrapMethod},
	{form: "m$name := w.$name\nm$name(ctx, t)", header: wrapMethod},
	{form: "func() {\ndefer w.$name(ctx, t)\nt.note(\"defers\", $n)\n}()", header: wrapMethod},
	{form: "call(func() { $name(ctx, t, w) })", header: wrapFunction},
}

const (
	wrapMethod   = "func (w *$world) $name(ctx context.Context, t *tape)"
	wrapFunction = "func $name(ctx context.Context, t *tape, w *$world)"
)
