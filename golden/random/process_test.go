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
	m.p.spawns = append(m.p.spawns, m.starting(child))
	m.p.events = append(m.p.events, event{parts: []part{{process: parent}}, spawns: child})
	m.alive = append(m.alive, child)
}

// starting is how a process is started. In any case, it says at its end that it is done through the field doneN.
func (m *maker) starting(child int) spawn {
	done := m.doneBy(child)
	name := fmt.Sprintf("p%dx%d", m.p.seed, child)
	forms := []spawn{
		{open: "go func() {", close: "}()"},
		{open: "go func(ctx context.Context) {", close: "}(ctx)"},
		{open: "go call(func() {", close: "})"},
		{open: fmt.Sprintf("f%d := func() {", child), close: fmt.Sprintf("}\ngo f%d()", child)},
		{open: "time.AfterFunc(2*time.Second, func() {", close: "})"},
		{open: "{\nc, cancel := context.WithCancel(ctx)\ncontext.AfterFunc(c, func() {", close: "})\ncancel()\n}"},
	}
	if !m.p.locals {
		world := fmt.Sprintf("*world%d", m.p.seed)
		method := fmt.Sprintf("func (w %s) %s(ctx context.Context)", world, name)
		function := fmt.Sprintf("func %s(ctx context.Context, w %s)", name, world)
		forms = append(forms,
			spawn{open: fmt.Sprintf("go w.%s(ctx)", name), header: method},
			spawn{open: fmt.Sprintf("m%d := w.%s\ngo m%d(ctx)", child, name, child), header: method},
			spawn{open: fmt.Sprintf("go (%s).%s(w, ctx)", world, name), header: method},
			spawn{open: fmt.Sprintf("go %s(ctx, w)", name), header: function},
			spawn{open: fmt.Sprintf("go call(func() { %s(ctx, w) })", name), header: function},
		)
	}
	s := pick(m, forms...)
	s.first = done
	return s
}

// doneBy is the beginning of a process, which has it say at its end that it is done.
func (m *maker) doneBy(child int) string {
	done := fmt.Sprint("done", child)
	switch m.IntN(3) {
	case 0:
		m.field(done, "chan struct{}", "make(chan struct{})")
		return fmt.Sprintf("defer close(w.%s)", done)
	case 1:
		m.field(done, "sync.WaitGroup", "")
		m.p.fields[len(m.p.fields)-1].init = fmt.Sprintf("w.%s.Add(1)", done)
		return fmt.Sprintf("defer w.%s.Done()", done)
	default:
		m.field(done, "chan int", "make(chan int, 1)")
		return fmt.Sprintf("defer func() { w.%s <- w.tapes[%d].x }()", done, child)
	}
}

// doneField is the field that says that a process is done.
func (m *maker) doneField(child int) field {
	i := slices.IndexFunc(m.p.fields, func(f field) bool { return f.name == fmt.Sprint("done", child) })
	return m.p.fields[i]
}

// join has a process wait for the end of another.
func (m *maker) join(child, parent int) {
	f := m.doneField(child)
	code := map[string]string{
		"chan struct{}":  fmt.Sprintf("<-w.%s", f.name),
		"sync.WaitGroup": fmt.Sprintf("w.%s.Wait()", f.name),
		"chan int":       fmt.Sprintf("t.got(%q, <-w.%s)", f.name, f.name),
	}[f.typ]
	m.p.events = append(m.p.events, event{parts: []part{by(parent, "%s", code)}, joins: child})
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
		m.p.wrapping = append(m.p.wrapping, m.wrap(process, first, last))
		m.wrapWithin(process, first, last, depth-1)
	}
}

// wrap draws a form.
func (m *maker) wrap(process, from, to int) wrap {
	n := len(m.p.wrapping)
	forms := []wrap{
		{open: "{", close: "}"},
		{open: "for range 1 {", close: "}"},
		{open: fmt.Sprintf("L%d:\nfor {", n), close: fmt.Sprintf("break L%d\n}", n)},
		{open: "switch {\ncase t.x >= 0:", close: "default:\npanic(\"negative\")\n}"},
		{open: fmt.Sprintf("if f := fixed(%d); f() == %d {", n, n), close: "}"},
		{open: "func() {\n" + fmt.Sprintf("defer t.note(\"leave\", %d)", n), close: "}()"},
		{open: "func() {\ndefer func() { t.note(\"recovered\", recover()) }()", close: fmt.Sprintf("panic(%d)\n}()", n)},
		{open: "func() {\ndefer func() {", close: fmt.Sprintf("}()\nt.note(\"body\", %d)\n}()", n)},
		{open: "func() {\ndefer func() { recover() }()\ndefer func() {", close: fmt.Sprintf("}()\npanic(%d)\n}()", n)},
		{open: "for range once {", close: "}"},
		{open: "call(func() {", close: "})"},
		{open: "sync.OnceFunc(func() {", close: "})()"},
		{open: "slices.IndexFunc([]int{1}, func(int) bool {", close: "return true\n})"},
		{open: "for range slices.Values([]int{1}) {", close: "}"},
		{open: fmt.Sprintf("h%d := make(chan struct{})\ngo func() {\ndefer close(h%d)", n, n), close: fmt.Sprintf("runtime.Goexit()\n}()\n<-h%d", n)},
		{open: fmt.Sprintf("var l%d sync.Mutex\nl%d.Lock()\nt.note(\"free\", l%d.TryLock())", n, n, n), close: fmt.Sprintf("l%d.Unlock()", n)},
		{open: fmt.Sprintf("var r%d sync.RWMutex\nr%d.RLock()\nt.note(\"free\", r%d.TryLock())", n, n, n), close: fmt.Sprintf("r%d.RUnlock()", n)},
		{open: fmt.Sprintf("next%d, stop%d := iter.Pull(func(yield func(int) bool) {", n, n), close: fmt.Sprintf("yield(%d)\n})\nnext%d()\nstop%d()", n, n, n)},
	}
	if !m.p.locals {
		name := fmt.Sprintf("p%dw%d", m.p.seed, n)
		world := fmt.Sprintf("world%d", m.p.seed)
		method := fmt.Sprintf("func (w *%s) %s(ctx context.Context, t *tape)", world, name)
		forms = append(forms,
			wrap{open: fmt.Sprintf("w.%s(ctx, t)", name), header: method},
			wrap{open: fmt.Sprintf("(*%s).%s(w, ctx, t)", world, name), header: method},
			wrap{open: fmt.Sprintf("m%d := w.%s\nm%d(ctx, t)", n+100, name, n+100), header: method},
			wrap{open: fmt.Sprintf("func() {\ndefer w.%s(ctx, t)\nt.note(\"defers\", %d)\n}()", name, n), header: method},
			wrap{open: fmt.Sprintf("call(func() { %s(ctx, t, w) })", name), header: fmt.Sprintf("func %s(ctx context.Context, t *tape, w *%s)", name, world)},
		)
	}
	w := pick(m, forms...)
	w.process, w.from, w.to = process, from, to
	return w
}
