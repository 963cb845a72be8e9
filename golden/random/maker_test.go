package random_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// This file draws programs.

// maker draws one program.
type maker struct {
	*rand.Rand
	p        *program
	alive    []int // processes that have been started and not been waited for
	channels []*channel
	races    int
	sites    int // waits of a length of their own so far
}

// channel is one that a process sends to and another receives from.
type channel struct {
	name     string
	typ      string // of its elements
	from, to int
}

// draw makes the program of a seed.
func draw(seed uint64) *program {
	m := &maker{Rand: random(seed, 0), p: &program{seed: seed}, alive: []int{0}}
	m.p.locals = m.chance(3)
	m.p.racy = m.chance(8)
	m.p.spawns = []spawn{{}}
	m.field("tapes", "", "")
	if m.chance(4) {
		m.p.cancelAt = time.Duration(m.IntN(6))*time.Second + time.Duration(m.site())
	}
	m.spawn()
	for range 4 + m.IntN(14) {
		m.add()
	}
	if m.chance(12) {
		m.forget()
	}
	for _, child := range slices.Clone(m.alive[1:]) {
		if !m.chance(6) {
			m.join(child, 0)
		}
	}
	m.wrapAll()
	m.p.fields[0].typ = fmt.Sprintf("[%d]tape", len(m.p.spawns))
	return m.p
}

// add appends events of one kind, drawn at random from the possible ones.
func (m *maker) add() {
	kinds := []struct {
		weight int
		add    func()
	}{
		{9, m.transfer}, {3, m.burst}, {3, m.relay}, {2, m.finish}, {2, m.broadcast}, {2, m.request},
		{3, m.spawn}, {2, m.joinAny},
		{2, m.barrier}, {1, m.onlyOnce}, {1, m.cancellation}, {2, m.critical},
		{6, m.alone}, {4, m.block},
	}
	if m.p.racy && m.races < 2 { // more would have more outcomes than can be seen
		kinds = append(kinds, struct {
			weight int
			add    func()
		}{4, m.race})
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	for n := m.IntN(total); ; {
		if n -= kinds[0].weight; n < 0 {
			kinds[0].add()
			return
		}
		kinds = kinds[1:]
	}
}

// chance is true once in n times.
func (m *maker) chance(n int) bool { return m.IntN(n) == 0 }

// id numbers the next event.
func (m *maker) id() int { return len(m.p.events) }

// pick draws one of several.
func pick[T any](m *maker, of ...T) T { return of[m.IntN(len(of))] }

// anyone is a process that is alive.
func (m *maker) anyone() int { return pick(m, m.alive...) }

// some are at least n of those alive, in order; nil if there are fewer.
func (m *maker) some(n int) []int {
	if len(m.alive) < n {
		return nil
	}
	chosen := slices.Clone(m.alive)
	m.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	chosen = chosen[:n+m.IntN(len(chosen)-n+1)]
	slices.Sort(chosen)
	return chosen
}

// event appends an event.
func (m *maker) event(parts ...part) { m.p.events = append(m.p.events, event{parts: parts}) }

// field adds something that processes share, and returns how the code calls it.
func (m *maker) field(name, typ, init string) string {
	if init != "" {
		init = "w." + name + " = " + init
	}
	m.p.fields = append(m.p.fields, field{name, typ, init})
	return "w." + name
}

// most is how many waits of a length of its own a program may have: their lengths have to fit into a second.
const most = 14

// site is a time that no sum of other times in the program gives, in nanoseconds, even if it passes three times: what
// happens after it happens at the same time as nothing else. It is 0 if there are none left.
func (m *maker) site() int {
	if m.sites == most {
		return 0
	}
	m.sites++
	return 1 << (2 * m.sites)
}

// forget takes a part out of an event, which may leave another process waiting forever.
func (m *maker) forget() {
	e := &m.p.events[m.IntN(len(m.p.events))]
	if len(e.parts) < 2 || e.spawns > 0 {
		return
	}
	i := m.IntN(len(e.parts))
	e.parts = slices.Delete(e.parts, i, i+1)
}

// fill puts values into a form, in which they have names. Of two names of which one begins with the other, the longer one
// is given first.
func fill(form string, pairs ...any) string {
	texts := make([]string, len(pairs))
	for i, v := range pairs {
		texts[i] = fmt.Sprint(v)
	}
	return strings.NewReplacer(texts...).Replace(form)
}
