// This file guards the iterators of iter.Pull. Each has a goroutine of Go, which stands still between two values and
// ends when the iterator is stopped, and only then. Two goroutines in one iterator crash the process.

package sched

// pulls holds the iterators that have not ended.
type pulls struct {
	t    *turns
	open map[*Pull]struct{}
}

// Pull guards an iterator of iter.Pull: only one coroutine at a time is in it, and it ends with the run.
type Pull struct {
	all     *pulls
	stop    func()
	running bool
}

// Pull returns a guard of an iterator that stop ends.
func (ps *pulls) Pull(stop func()) *Pull {
	ps.t.Enter()
	if ps.open == nil {
		ps.open = map[*Pull]struct{}{}
	}
	p := &Pull{all: ps, stop: stop}
	ps.open[p] = struct{}{}
	return p
}

// Next calls next, which takes a value and reports whether there was one.
func (p *Pull) Next(next func() bool) {
	p.enter()
	more := false // unless next gets to its end
	defer func() { p.leave(more) }()
	more = next()
}

// Stop ends the iterator. After Kill, which stops it itself, it does nothing: another coroutine may be in the iterator.
func (p *Pull) Stop() {
	if p.all.t.killed {
		return
	}
	p.enter()
	defer p.leave(false)
	p.stop()
}

func (p *Pull) enter() {
	p.all.t.Enter()
	if p.running {
		panic("iter.Pull: next or stop called while another goroutine is in next")
	}
	p.running = true
}

func (p *Pull) leave(more bool) {
	p.running = false
	if !more {
		delete(p.all.open, p)
	}
}

// stopPulls ends the iterators that are not stopped, each in a coroutine of its own, since stopping may end that as well.
func (ps *pulls) stopPulls() {
	for p := range ps.open {
		c := ps.t.Reserve(nil)
		ps.t.Start(c, p.stop)
		ps.t.give(c)
	}
	ps.open = nil
}
