package sched

// This file is about the iterators of iter.Pull. Each has a goroutine of Go, which stands still between two values and
// which Go ends when it is stopped, and only then. Two goroutines of Go in it at once tear the process.

// Pull guards an iterator of iter.Pull: one coroutine at a time is in it, and the end of the run is its end.
type Pull struct {
	s       *Scheduler
	stop    func()
	running bool
}

// Pull begins to guard an iterator that stop ends.
func (s *Scheduler) Pull(stop func()) *Pull {
	s.Enter()
	if s.pulls == nil {
		s.pulls = map[*Pull]struct{}{}
	}
	p := &Pull{s: s, stop: stop}
	s.pulls[p] = struct{}{}
	return p
}

// Next runs next, which takes a value and says whether there was one.
func (p *Pull) Next(next func() bool) {
	p.enter()
	more := false // unless next gets to its end
	defer func() { p.leave(more) }()
	more = next()
}

// Stop ends the iterator. In a scheduler that was killed, which stops it itself, another coroutine may be in it that is
// only now going to be ended: nothing happens.
func (p *Pull) Stop() {
	if p.s.killed {
		return
	}
	p.enter()
	defer p.leave(false)
	p.stop()
}

func (p *Pull) enter() {
	p.s.Enter()
	if p.running {
		panic("iter.Pull: next or stop called while another goroutine is in next")
	}
	p.running = true
}

func (p *Pull) leave(more bool) {
	p.running = false
	if !more {
		delete(p.s.pulls, p)
	}
}

// stopPulls ends the iterators that nobody has stopped, each in a coroutine of its own, since it ends that as well.
func (s *Scheduler) stopPulls() {
	for p := range s.pulls {
		c := s.Reserve(nil)
		s.Start(c, p.stop)
		s.resume(c)
		<-s.back
	}
	s.pulls = nil
}
