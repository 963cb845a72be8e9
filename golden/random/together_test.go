package random_test

import "fmt"

// This file draws events in which several processes take part, and of which the order is of no matter.

// broadcast closes a channel for all who wait for it.
func (m *maker) broadcast() {
	all := m.some(2)
	if all == nil {
		return
	}
	gate := m.field(fmt.Sprint("gate", m.id()), "chan struct{}", "make(chan struct{})")
	parts := []part{by(all[0], "close(%s)", gate)}
	for _, p := range all[1:] {
		parts = append(parts, by(p, "%s", pick(m,
			"<-"+gate,
			"for range "+gate+" {\n}",
			fmt.Sprintf("select {\ncase _, ok := <-%s:\nt.note(\"open\", ok)\n}", gate),
			fmt.Sprintf("select {\ncase <-(chan int)(nil):\ncase <-%s:\nt.note(\"gate\", cap(%[1]s))\n}", gate),
		)))
	}
	m.event(parts...)
}

// request is a question with a channel for the answer.
func (m *maker) request() {
	two := m.some(2)
	if two == nil {
		return
	}
	asks := m.field(fmt.Sprint("asks", m.id()), "chan chan int", fmt.Sprintf("make(chan chan int, %d)", m.IntN(2)))
	m.event(
		by(two[0], "{\nreply := make(chan int)\n%s <- reply\nreply <- t.x\nt.got(\"answer\", <-reply)\n}", asks),
		by(two[1], "%s", pick(m,
			fmt.Sprintf("{\nr := <-%s\nt.got(\"question\", <-r)\nr <- t.x + %d\n}", asks, m.IntN(9)),
			fmt.Sprintf("for r := range first(%s, 1) {\nr <- 2 * <-r\n}", asks),
			fmt.Sprintf("select {\ncase r := <-%s:\nselect {\ncase v := <-r:\nr <- v + t.x\n}\n}", asks),
		)),
	)
}

// barrier has processes wait for each other.
func (m *maker) barrier() {
	all := m.some(2)
	if all == nil {
		return
	}
	n, k := m.id(), len(all)
	mu := m.field(fmt.Sprint("mu", n), "sync.Mutex", "")
	sum := m.field(fmt.Sprint("sum", n), "int", "")
	in := m.field(fmt.Sprint("in", n), "int", "")
	var form string
	switch m.IntN(4) {
	case 0:
		cond := m.field(fmt.Sprint("cond", n), "*sync.Cond", fmt.Sprintf("sync.NewCond(&%s)", mu))
		form = fmt.Sprintf("%[4]s.L.Lock()\n%[2]s += %%d\n%[3]s++\n%[4]s.Broadcast()\nfor %[3]s < %[5]d {\n%[4]s.Wait()\n}\nt.got(\"barrier\", %[2]s)\n%[1]s.Unlock()", mu, sum, in, cond, k)
	case 1:
		cond := m.field(fmt.Sprint("cond", n), "*sync.Cond", fmt.Sprintf("sync.NewCond(&%s)", mu))
		form = fmt.Sprintf("func() {\n%[1]s.Lock()\ndefer %[1]s.Unlock()\n%[2]s += %%d\n%[3]s++\nfor %[3]s < %[5]d {\n%[4]s.Wait()\n}\nt.got(\"barrier\", %[2]s)\n%[4]s.Signal()\n}()", mu, sum, in, cond, k)
	case 2:
		group := m.field(fmt.Sprint("group", n), "sync.WaitGroup", "")
		m.p.fields[len(m.p.fields)-1].init = fmt.Sprintf("%s.Add(%d)", group, k)
		form = fmt.Sprintf("%[1]s.Lock()\n%[2]s += %%d\n%[1]s.Unlock()\n%[3]s.Done()\n%[3]s.Wait()\nt.got(\"barrier\", %[2]s)", mu, sum, group)
	default:
		gate := m.field(fmt.Sprint("gate", n), "chan struct{}", "make(chan struct{})")
		form = fmt.Sprintf("%[1]s.Lock()\n%[2]s += %%d\n%[3]s++\nif %[3]s == %[5]d {\nclose(%[4]s)\n}\n%[1]s.Unlock()\n<-%[4]s\nt.got(\"barrier\", %[2]s)", mu, sum, in, gate, k)
	}
	var parts []part
	for _, p := range all {
		parts = append(parts, by(p, form, 1+m.IntN(9)))
	}
	m.event(parts...)
}

// critical has processes add to a number under a lock, and one of them read it when all have.
func (m *maker) critical() {
	all := m.some(2)
	if all == nil {
		return
	}
	n := m.id()
	mu := m.field(fmt.Sprint("mu", n), "sync.RWMutex", "")
	sum := m.field(fmt.Sprint("sum", n), "int", "")
	group := m.field(fmt.Sprint("group", n), "sync.WaitGroup", "")
	m.p.fields[len(m.p.fields)-1].init = fmt.Sprintf("%s.Add(%d)", group, len(all))
	var parts []part
	for _, p := range all {
		form := pick(m,
			"$mu.Lock()\nold$n := $sum\nruntime.Gosched()\n$sum = old$n + $k\n$mu.Unlock()\n$group.Done()",
			"func() {\ndefer $group.Done()\n$mu.Lock()\ndefer $mu.Unlock()\ndefer func(old int) { $sum = old + $k }($sum)\nruntime.Gosched()\n}()",
			"{\nvar l sync.Locker = &$mu\nl.Lock()\n$sum += $k\nruntime.Gosched()\nl.Unlock()\n$group.Done()\n}",
			"for range $k {\n$mu.Lock()\n$sum++\nruntime.Gosched()\n$mu.Unlock()\n}\n$group.Done()",
			"$mu.RLock()\nruntime.Gosched()\nt.note(\"read\", $sum >= 0)\n$mu.RUnlock()\n$group.Done()",
			"{\nl := $mu.RLocker()\nl.Lock()\nruntime.Gosched()\nt.note(\"read\", $sum >= 0)\nl.Unlock()\n$group.Done()\n}",
			"for !$mu.TryLock() {\nruntime.Gosched()\n}\n$sum += $k\nruntime.Gosched()\n$mu.Unlock()\n$group.Done()",
		)
		parts = append(parts, part{p, fill(form, "$mu", mu, "$sum", sum, "$group", group, "$k", 1+m.IntN(4), "$n", n)})
	}
	parts[0].code += fmt.Sprintf("\n%s.Wait()\n%s.RLock()\nt.got(\"sum\", %s)\n%[2]s.RUnlock()", group, mu, sum)
	m.event(parts...)
}

// onlyOnce has something done by whichever process comes first.
func (m *maker) onlyOnce() {
	all := m.some(2)
	if all == nil {
		return
	}
	n := m.id()
	var form string
	switch m.IntN(3) {
	case 0:
		once := m.field(fmt.Sprint("once", n), "sync.Once", "")
		val := m.field(fmt.Sprint("val", n), "int", "")
		form = fmt.Sprintf("%s.Do(func() {\nruntime.Gosched()\n%[2]s += %d\n})\nt.got(\"once\", %[2]s)", once, val, m.IntN(9))
	case 1:
		val := m.field(fmt.Sprint("val", n), "func() int", fmt.Sprintf("sync.OnceValue(func() int {\nruntime.Gosched()\nreturn %d\n})", m.IntN(9)))
		form = fmt.Sprintf("t.got(\"once\", %s())", val)
	default:
		val := m.field(fmt.Sprint("val", n), "func() (int, error)", fmt.Sprintf("sync.OnceValues(func() (int, error) {\nruntime.Gosched()\nreturn %d, ErrOdd\n})", m.IntN(9)))
		form = fmt.Sprintf("{\nv, err := %s()\nt.got(\"once\", v)\nt.note(\"err\", err)\n}", val)
	}
	var parts []part
	for _, p := range all {
		parts = append(parts, by(p, "%s", form))
	}
	m.event(parts...)
}

// cancellation has processes wait for the end of a context, or of one under it, which one of them brings about.
func (m *maker) cancellation() {
	all := m.some(2)
	site, other := m.site(), m.site()
	if all == nil || other == 0 {
		return
	}
	n := m.id()
	ctx, under := fmt.Sprint("ctx", n), fmt.Sprint("under", n)
	cancel := m.field(fmt.Sprint("cancel", n), "func()", "")
	m.p.fields = append(m.p.fields, field{ctx, "context.Context", ""})
	switch m.IntN(3) {
	case 0:
		m.p.fields[len(m.p.fields)-1].init = fmt.Sprintf("{\nc, f := context.WithCancel(ctx)\nw.%s, %s = c, f\n}", ctx, cancel)
	case 1:
		m.p.fields[len(m.p.fields)-1].init = fmt.Sprintf("{\nc, f := context.WithCancelCause(ctx)\nw.%s, %s = c, func() { f(ErrOdd) }\n}", ctx, cancel)
	default:
		m.p.fields[len(m.p.fields)-1].init = fmt.Sprintf("{\nc, f := context.WithTimeoutCause(ctx, %d*time.Second + %d, ErrOdd)\nw.%s, %s = c, f\n}", 1+m.IntN(5), site, ctx, cancel)
	}
	m.p.fields = append(m.p.fields, field{under, "context.Context", pick(m,
		fmt.Sprintf("w.%s, _ = context.WithTimeout(w.%s, %d*time.Second + %d)", under, ctx, 1+m.IntN(5), other),
		fmt.Sprintf("w.%s, _ = context.WithCancel(context.WithValue(w.%s, count(0), 1))", under, ctx),
	)})
	parts := []part{by(all[0], "%s()\nt.note(\"cancelled\", w.%s.Err())", cancel, ctx)}
	for _, p := range all[1:] {
		form := pick(m,
			"<-w.$ctx.Done()\nt.note(\"ended\", w.$ctx.Err())\nt.note(\"cause\", context.Cause(w.$ctx))",
			"<-w.$under.Done()\nt.note(\"ended\", w.$under.Err())\nt.note(\"cause\", context.Cause(w.$under))",
			"{\ndone := make(chan int)\nstop := context.AfterFunc(w.$ctx, func() { done <- 5 })\nt.got(\"after\", <-done)\nt.note(\"stop\", stop())\n}",
			"{\nn, err := Square(w.$under, 9)\nt.got(\"square\", n)\nt.note(\"err\", err)\n<-w.$ctx.Done()\n}",
			"select {\ncase <-w.$ctx.Done():\nt.note(\"ended\", 1)\ncase <-context.WithoutCancel(w.$ctx).Done():\n}\n<-w.$under.Done()",
		)
		parts = append(parts, part{p, fill(form, "$ctx", ctx, "$under", under)})
	}
	m.event(parts...)
}
