package random_test

import (
	"fmt"
	"slices"
	"strconv"
)

// This file draws events in which one process sends and another receives.

// elements are the types that channels have, and how a number becomes a value to be sent: some only by assignment.
var elements = []struct{ typ, value string }{
	{"int", "t.x+%d"}, {"int", "%d"}, {"any", "t.x+%d"}, {"any", "item{t.x + %d}"}, {"item", "item{t.x + %d}"},
	{"*item", "&item{t.x + %d}"}, {"number", "count(t.x + %d)"}, {"func() int", "fixed(t.x + %d)"}, {"float64", "%d"},
}

// value is an expression for a value that fits a channel.
func (m *maker) value(c *channel) string {
	for {
		if e := pick(m, elements...); e.typ == c.typ {
			return fmt.Sprintf(e.value, 1+m.IntN(9))
		}
	}
}

// pair draws two processes, and the channel from one to the other.
func (m *maker) pair() *channel {
	two := m.some(2)
	if two == nil {
		return nil
	}
	m.Shuffle(len(two), func(i, j int) { two[i], two[j] = two[j], two[i] })
	for _, c := range m.channels {
		if c.from == two[0] && c.to == two[1] && !m.chance(4) {
			return c
		}
	}
	c := &channel{typ: pick(m, elements...).typ, from: two[0], to: two[1]}
	c.name = m.field(fmt.Sprint("c", len(m.p.fields)), "chan "+c.typ, fmt.Sprintf("make(chan %s, %d)", c.typ, m.IntN(4)))
	m.channels = append(m.channels, c)
	return c
}

// transfer is one value that goes through a channel.
func (m *maker) transfer() {
	if c := m.pair(); c != nil {
		m.event(part{c.from, m.send(c)}, part{c.to, m.receive(c)})
	}
}

// burst is a number of values, one after the other.
func (m *maker) burst() {
	c := m.pair()
	if c == nil {
		return
	}
	receives := pick(m, "for range $n {\n$receive\n}", "for v := range first($c, $n) {\nt.got(\"first\", v)\n}")
	n := 2 + m.IntN(2)
	m.event(
		part{c.from, fill("for range $n {\n$send\n}", "$n", n, "$send", m.send(c))},
		part{c.to, fill(receives, "$n", n, "$receive", m.receive(c), "$c", c.name)},
	)
}

// relay is a value that a process receives and passes on in one statement.
func (m *maker) relay() {
	in := m.pair()
	if in == nil {
		return
	}
	i := slices.IndexFunc(m.channels, func(c *channel) bool { return c.from == in.to && (c.typ == in.typ || c.typ == "any") })
	if i < 0 {
		return
	}
	out, forms := m.channels[i], relays
	if out.typ != in.typ {
		forms = relays[:1] // a generic function would have to know the type
	}
	m.event(
		part{in.from, m.send(in)},
		part{in.to, fill(pick(m, forms...), "$out", out.name, "$in", in.name)},
		part{out.to, m.receive(out)},
	)
}

var relays = []string{
	`$out <- <-$in`,
	`put($out, <-$in)`,
	`select {
	case $out <- <-$in:
	}`,
	`func() { defer close(make(chan int)); $out <- take($in) }()`,
}

// finish closes a channel: after some values of which the receiver does not know the number, or after none.
func (m *maker) finish() {
	open := slices.DeleteFunc(slices.Clone(m.channels), func(c *channel) bool {
		return !slices.Contains(m.alive, c.from) || !slices.Contains(m.alive, c.to)
	})
	if len(open) == 0 {
		return
	}
	c := pick(m, open...)
	m.channels = slices.DeleteFunc(m.channels, func(other *channel) bool { return other == c })
	sends := fill("for range $n {\n$send\n}\n", "$n", m.IntN(4), "$send", m.send(c))
	m.event(part{c.from, sends + m.through(pick(m, closes...), c)}, part{c.to, m.through(pick(m, drains...), c)})
}

var closes = []string{
	`close($c)`,
	`func() { defer close($c) }()`,
	`func() {
		defer func() { t.note("twice", recover()) }()
		close($c)
		close($c)
	}()`,
}

// drains receive until a channel is closed.
var drains = []string{
	`for v := range $c {
		t.got("range", v)
	}`,
	`for range $c {
		t.note("range", "one")
	}`,
	`for {
		v, ok := <-$c
		if !ok {
			break
		}
		t.got("ok", v)
	}
	t.note("closed", len($c))`,
	`for open := true; open; {
		select {
		case v, ok := <-$c:
			if open = ok; ok {
				t.got("open", v)
			}
		}
	}`,
	`var v$n $T
	for v$n = range $c {
		t.got("assigned", v$n)
	}
	if n := len($c); n > 0 {
		t.got("left", v$n)
	}`,
}

// send is a statement that sends a value.
func (m *maker) send(c *channel) string { return m.through(m.timed(sends, timedSends), c) }

// receive is a statement that receives a value.
func (m *maker) receive(c *channel) string { return m.through(m.timed(receives, timedReceives), c) }

// timed draws one of some forms, or one of those in which a wait has a length of its own.
func (m *maker) timed(forms, timed []string) string {
	i := m.IntN(len(forms) + len(timed))
	if i < len(forms) {
		return forms[i]
	}
	site := m.site()
	if site == 0 {
		return pick(m, forms...)
	}
	return fill(timed[i-len(forms)], "$site", site)
}

// through puts a channel and a value for it into a form.
func (m *maker) through(form string, c *channel) string {
	return fill(form, "$c", c.name, "$v", m.value(c), "$T", c.typ, "$q", strconv.Quote(c.name[len("w."):]),
		"$n", m.IntN(1e6), "$k", m.IntN(3))
}

var sends = []string{
	"$c <- $v",
	"$c <- $v",
	`select {
	case $c <- $v:
	}`,
	"put[$T]($c, $v)",
	"f$n := put[$T]\nf$n($c, $v)",
	`func() {
		defer put[$T]($c, $v)
		t.note("later", len($c) <= cap($c))
	}()`,
	"end[$T]{$c}.send($v)",
	"e$n := end[$T]{$c}.send\ne$n($v)",
	"end[$T]{$c}.in() <- $v",
	"carrier[$T](&end[$T]{$c}).send($v)",
	`var no$n chan $T
	select {
	case no$n <- $v:
	case v := <-no$n:
		t.got("never", v)
	case $c <- $v:
	}`,
}

var timedSends = []string{
	`for tries := 0; ; tries++ {
		var late <-chan time.Time
		if tries < 3 {
			late = time.After($k*time.Second + $site)
		}
		select {
		case $c <- $v:
			t.note("sent", tries)
		case <-late:
			t.note("late", tries)
			continue
		}
		break
	}`,
	`for tries := 0; ; tries++ {
		if tries == 3 {
			$c <- $v
			break
		}
		time.Sleep($k*time.Second + $site)
		select {
		case $c <- $v:
		default:
			t.note("full", tries)
			continue
		}
		break
	}`,
}

var receives = []string{
	"t.got($q, <-$c)",
	"t.got($q, <-$c)",
	`{
		v, ok := <-$c
		t.got($q, v)
		t.note("ok", ok)
	}`,
	`select {
	case v := <-$c:
		t.got($q, v)
	}`,
	"t.got($q, take($c))",
	"t.got($q, (&end[$T]{$c}).recv())",
	`{
		g := (&end[$T]{$c}).recv
		t.got($q, g())
	}`,
	"t.got($q, (*end[$T]).recv(&end[$T]{$c}))",
	"t.got($q, carrier[$T](&end[$T]{$c}).recv())",
	"t.got($q, mouth[$T]{&end[$T]{$c}}.recv())",
	`for v := range first($c, 1) {
		t.got($q, v)
	}`,
	`if v := <-$c; num(v) >= 0 {
		t.got($q, v)
	}`,
	`switch v := any(<-$c).(type) {
	default:
		t.got($q, v)
	}`,
	`func() {
		defer t.got($q, <-$c)
		t.note("first", len($c) <= cap($c))
	}()`,
	`{
		var a [3]$T
		var i int
		select {
		case a[next(&i)] = <-$c:
		case a[next(&i)] = <-(chan $T)(nil):
		}
		t.got($q, a[0])
		t.note("index", i)
	}`,
	`{
		var v $T
		var ok bool
		select {
		case v, ok = <-$c:
			t.note("ok", ok)
		}
		t.got($q, v)
	}`,
	`{
		var in <-chan $T = $c
		func() { t.got($q, <-in) }()
	}`,
	`{
		next, stop := iter.Pull(first($c, 1))
		v, _ := next()
		stop()
		t.got($q, v)
	}`,
}

var timedReceives = []string{
	`for tries := 0; ; tries++ {
		var late <-chan time.Time
		if tries < 3 {
			late = time.After($k*time.Second + $site)
		}
		select {
		case v := <-$c:
			t.got($q, v)
		case <-late:
			t.note("late", tries)
			continue
		}
		break
	}`,
	`wait$n:
	for tries := 0; ; tries++ {
		if tries == 3 {
			t.got($q, <-$c)
			break
		}
		time.Sleep($k*time.Second + $site)
		select {
		case v := <-$c:
			t.got($q, v)
			break wait$n
		default:
			t.note("empty", tries)
		}
	}`,
	`{
		late := time.NewTimer($k*time.Second + $site)
		in := $c
		for in != nil {
			select {
			case v := <-in:
				t.got($q, v)
				in = nil
			case <-late.C:
				t.note("late", 0)
			}
		}
		t.note("stop", late.Stop())
	}`,
}
