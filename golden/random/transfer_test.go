package random_test

import (
	"fmt"
	"slices"
	"strings"
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
		m.event(by(c.from, "%s", m.send(c, m.value(c))), by(c.to, "%s", m.receive(c)))
	}
}

// burst is a number of values, one after the other.
func (m *maker) burst() {
	c := m.pair()
	if c == nil {
		return
	}
	n := 2 + m.IntN(2)
	receive := fmt.Sprintf("for range %d {\n%s\n}", n, m.receive(c))
	if m.chance(2) {
		receive = fmt.Sprintf("for v := range first(%s, %d) {\nt.got(%q, v)\n}", c.name, n, "first")
	}
	m.event(by(c.from, "for range %d {\n%s\n}", n, m.send(c, m.value(c))), by(c.to, "%s", receive))
}

// relay is a value that a process receives and passes on in one statement.
func (m *maker) relay() {
	in := m.pair()
	if in == nil {
		return
	}
	for _, out := range m.channels {
		if out.from != in.to || out == in || out.typ != in.typ && out.typ != "any" {
			continue
		}
		m.event(by(in.from, "%s", m.send(in, m.value(in))), by(in.to, "%s", pick(m,
			fmt.Sprintf("%s <- <-%s", out.name, in.name),
			fmt.Sprintf("put(%s, <-%s)", out.name, in.name),
			fmt.Sprintf("select {\ncase %s <- <-%s:\n}", out.name, in.name),
			fmt.Sprintf("func() { defer close(make(chan int)); %s <- take(%s) }()", out.name, in.name),
		)), by(out.to, "%s", m.receive(out)))
		if out.typ != in.typ { // a generic function would have to know its type
			e := &m.p.events[len(m.p.events)-1]
			e.parts[1] = by(in.to, "%s <- <-%s", out.name, in.name)
		}
		return
	}
}

// finish closes a channel: after some values of which the receiver does not know the number, or after none.
func (m *maker) finish() {
	if len(m.channels) == 0 {
		return
	}
	c := pick(m, m.channels...)
	if !slices.Contains(m.alive, c.from) || !slices.Contains(m.alive, c.to) {
		return
	}
	m.channels = slices.DeleteFunc(m.channels, func(other *channel) bool { return other == c })
	closes := pick(m, "close(%s)", "func() { defer close(%s) }()", "func() {\ndefer func() { t.note(\"twice\", recover()) }()\nclose(%[1]s)\nclose(%[1]s)\n}()")
	send := fmt.Sprintf("for range %d {\n%s\n}\n", m.IntN(4), m.send(c, m.value(c)))
	receive := pick(m,
		"for v := range %s {\nt.got(\"range\", v)\n}",
		"for range %s {\nt.note(\"range\", \"one\")\n}",
		"for {\nv, ok := <-%s\nif !ok {\nbreak\n}\nt.got(\"ok\", v)\n}\nt.note(\"closed\", len(%[1]s))",
		"for open := true; open; {\nselect {\ncase v, ok := <-%s:\nif open = ok; ok {\nt.got(\"open\", v)\n}\n}\n}",
		"var v$ $T\nfor v$ = range %s {\nt.got(\"assigned\", v$)\n}\nif n := len(%[1]s); n > 0 { t.got(\"left\", v$) }",
	)
	receive = fill(receive, "$T", c.typ, "$", m.id())
	m.event(by(c.from, "%s", send+fmt.Sprintf(closes, c.name)), by(c.to, receive, c.name))
}

// send is a statement that sends a value.
func (m *maker) send(c *channel, value string) string {
	forms := []string{
		"$c <- $v",
		"$c <- $v",
		"select {\ncase $c <- $v:\n}",
		"put[$T]($c, $v)",
		"f$n := put[$T]\nf$n($c, $v)",
		"func() {\ndefer put[$T]($c, $v)\nt.note(\"later\", len($c) <= cap($c))\n}()",
		"end[$T]{$c}.send($v)",
		"e$n := end[$T]{$c}.send\ne$n($v)",
		"end[$T]{$c}.in() <- $v",
		"carrier[$T](&end[$T]{$c}).send($v)",
		"var no$n chan $T\nselect {\ncase no$n <- $v:\ncase v := <-no$n:\nt.got(\"never\", v)\ncase $c <- $v:\n}",
	}
	if site := m.site(); site > 0 {
		forms = append(forms,
			fmt.Sprintf("for tries := 0; ; tries++ {\nvar late <-chan time.Time\nif tries < 3 {\nlate = time.After(%d*time.Second + %d)\n}\nselect {\ncase $c <- $v:\nt.note(\"sent\", tries)\ncase <-late:\nt.note(\"late\", tries)\ncontinue\n}\nbreak\n}", m.IntN(2), site),
			fmt.Sprintf("for tries := 0; ; tries++ {\nif tries == 3 {\n$c <- $v\nbreak\n}\ntime.Sleep(%d*time.Second + %d)\nselect {\ncase $c <- $v:\ndefault:\nt.note(\"full\", tries)\ncontinue\n}\nbreak\n}", m.IntN(2), site),
		)
	}
	return m.through(pick(m, forms...), c, value)
}

// receive is a statement that receives a value.
func (m *maker) receive(c *channel) string {
	forms := []string{
		"t.got($q, <-$c)",
		"t.got($q, <-$c)",
		"{\nv, ok := <-$c\nt.got($q, v)\nt.note(\"ok\", ok)\n}",
		"select {\ncase v := <-$c:\nt.got($q, v)\n}",
		"t.got($q, take($c))",
		"t.got($q, (&end[$T]{$c}).recv())",
		"{\ng := (&end[$T]{$c}).recv\nt.got($q, g())\n}",
		"t.got($q, (*end[$T]).recv(&end[$T]{$c}))",
		"t.got($q, carrier[$T](&end[$T]{$c}).recv())",
		"t.got($q, mouth[$T]{&end[$T]{$c}}.recv())",
		"for v := range first($c, 1) {\nt.got($q, v)\n}",
		"if v := <-$c; num(v) >= 0 {\nt.got($q, v)\n}",
		"switch v := any(<-$c).(type) {\ndefault:\nt.got($q, v)\n}",
		"func() {\ndefer t.got($q, <-$c)\nt.note(\"first\", len($c) <= cap($c))\n}()",
		"{\nvar a [3]$T\nvar i int\nselect {\ncase a[next(&i)] = <-$c:\ncase a[next(&i)] = <-(chan $T)(nil):\n}\nt.got($q, a[0])\nt.note(\"index\", i)\n}",
		"{\nvar v $T\nvar ok bool\nselect {\ncase v, ok = <-$c:\nt.note(\"ok\", ok)\n}\nt.got($q, v)\n}",
		"{\nvar in <-chan $T = $c\nfunc() { t.got($q, <-in) }()\n}",
		"{\nnext, stop := iter.Pull(first($c, 1))\nv, _ := next()\nstop()\nt.got($q, v)\n}",
	}
	if site := m.site(); site > 0 {
		forms = append(forms,
			fmt.Sprintf("for tries := 0; ; tries++ {\nvar late <-chan time.Time\nif tries < 3 {\nlate = time.After(%d*time.Second + %d)\n}\nselect {\ncase v := <-$c:\nt.got($q, v)\ncase <-late:\nt.note(\"late\", tries)\ncontinue\n}\nbreak\n}", m.IntN(3), site),
			fmt.Sprintf("wait$n:\nfor tries := 0; ; tries++ {\nif tries == 3 {\nt.got($q, <-$c)\nbreak\n}\ntime.Sleep(%d*time.Second + %d)\nselect {\ncase v := <-$c:\nt.got($q, v)\nbreak wait$n\ndefault:\nt.note(\"empty\", tries)\n}\n}", m.IntN(2), site),
			fmt.Sprintf("{\nlate := time.NewTimer(%d*time.Second + %d)\nin := $c\nfor in != nil {\nselect {\ncase v := <-in:\nt.got($q, v)\nin = nil\ncase <-late.C:\nt.note(\"late\", 0)\n}\n}\nt.note(\"stop\", late.Stop())\n}", m.IntN(3), site),
		)
	}
	return m.through(pick(m, forms...), c, "")
}

// through puts a channel and a value into a form.
func (m *maker) through(form string, c *channel, value string) string {
	return fill(form, "$c", c.name, "$v", value, "$T", c.typ, "$q", fmt.Sprintf("%q", strings.TrimPrefix(c.name, "w.")), "$n", m.IntN(1e6))
}
