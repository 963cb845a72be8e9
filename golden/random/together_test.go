package random_test

import "fmt"

// This file draws events in which several processes take part, whose order does not matter.

// broadcast closes a channel for all who wait for it.
func (m *maker) broadcast() {
	all := m.some(2)
	if all == nil {
		return
	}
	n := m.id()
	gate := m.field(fmt.Sprint("gate", n), "chan struct{}", "make(chan struct{})")
	m.each(all, func() string { return fill(pick(m, gates...), "$gate", gate) })
	m.p.events[n].parts[0].code = fill("close($gate)", "$gate", gate)
}

// gates are ways to wait until a channel is closed.
var gates = []string{
	`<-$gate`,
	`for range $gate {
	}`,
	`select {
	case _, ok := <-$gate:
		t.note("open", ok)
	}`,
	`select {
	case <-(chan int)(nil):
	case <-$gate:
		t.note("gate", cap($gate))
	}`,
}

// request is a question with a channel for the answer.
func (m *maker) request() {
	two := m.some(2)
	if two == nil {
		return
	}
	asks := m.field(fmt.Sprint("asks", m.id()), "chan chan int", fmt.Sprintf("make(chan chan int, %d)", m.IntN(2)))
	m.event(part{two[0], fill(question, "$asks", asks)}, part{two[1], fill(pick(m, answers...), "$asks", asks)})
}

const question = `{
	reply := make(chan int)
	$asks <- reply
	reply <- t.x
	t.got("answer", <-reply)
}`

var answers = []string{
	`{
		r := <-$asks
		t.got("question", <-r)
		r <- t.x
	}`,
	`for r := range first($asks, 1) {
		r <- 2 * <-r
	}`,
	`select {
	case r := <-$asks:
		select {
		case v := <-r:
			r <- v + t.x
		}
	}`,
}

// barrier has processes wait for each other.
func (m *maker) barrier() {
	all := m.some(2)
	if all == nil {
		return
	}
	n := m.id()
	form := fill(pick(m, barriers...),
		"$mu", m.field(fmt.Sprint("mu", n), "sync.Mutex", ""),
		"$sum", m.field(fmt.Sprint("sum", n), "int", ""),
		"$in", m.field(fmt.Sprint("in", n), "int", ""),
		"$gate", m.field(fmt.Sprint("gate", n), "chan struct{}", "make(chan struct{})"),
		"$cond", m.field(fmt.Sprint("cond", n), "*sync.Cond", fmt.Sprintf("sync.NewCond(&w.mu%d)", n)),
		"$group", m.group(n, len(all)), "$all", len(all))
	m.each(all, func() string { return fill(form, "$k", 1+m.IntN(9)) })
}

// each appends an event in which several processes do what the function says.
func (m *maker) each(all []int, code func() string) {
	var parts []part
	for _, p := range all {
		parts = append(parts, part{p, code()})
	}
	m.event(parts...)
}

// group is a WaitGroup for the processes of an event.
func (m *maker) group(id, processes int) string {
	name := fmt.Sprint("w.group", id)
	m.p.fields = append(m.p.fields, field{name[2:], "sync.WaitGroup", fmt.Sprintf("%s.Add(%d)", name, processes)})
	return name
}

// barriers are ways to wait until $all processes have come. What they have added up is the same for all of them.
var barriers = []string{
	`$cond.L.Lock()
	$sum += $k
	$in++
	$cond.Broadcast()
	for $in < $all {
		$cond.Wait()
	}
	t.got("barrier", $sum)
	$mu.Unlock()`,
	`func() {
		$mu.Lock()
		defer $mu.Unlock()
		$sum += $k
		$in++
		for $in < $all {
			$cond.Wait()
		}
		t.got("barrier", $sum)
		$cond.Signal()
	}()`,
	`$mu.Lock()
	$sum += $k
	$mu.Unlock()
	$group.Done()
	$group.Wait()
	t.got("barrier", $sum)`,
	`$mu.Lock()
	$sum += $k
	$in++
	if $in == $all {
		close($gate)
	}
	$mu.Unlock()
	<-$gate
	t.got("barrier", $sum)`,
}

// critical has processes add to a number under a lock, and one of them read it when all have.
func (m *maker) critical() {
	all := m.some(2)
	if all == nil {
		return
	}
	n := m.id()
	names := []any{
		"$mu", m.field(fmt.Sprint("mu", n), "sync.RWMutex", ""),
		"$sum", m.field(fmt.Sprint("sum", n), "int", ""),
		"$group", m.group(n, len(all)), "$n", n,
	}
	m.each(all, func() string {
		return fill(pick(m, criticals...), append(names, "$k", 1+m.IntN(4))...) + fill("\n$group.Done()", names...)
	})
	m.p.events[n].parts[0].code += fill(`
	$group.Wait()
	$mu.RLock()
	t.got("sum", $sum)
	$mu.RUnlock()`, names...)
}

// criticals are critical sections in which others get a turn.
var criticals = []string{
	`$mu.Lock()
	old$n := $sum
	runtime.Gosched()
	$sum = old$n + $k
	$mu.Unlock()`,
	`func() {
		$mu.Lock()
		defer $mu.Unlock()
		defer func(old int) { $sum = old + $k }($sum)
		runtime.Gosched()
	}()`,
	`{
		var l sync.Locker = &$mu
		l.Lock()
		$sum += $k
		runtime.Gosched()
		l.Unlock()
	}`,
	`for range $k {
		$mu.Lock()
		$sum++
		runtime.Gosched()
		$mu.Unlock()
	}`,
	`$mu.RLock()
	runtime.Gosched()
	t.note("read", $sum >= 0)
	$mu.RUnlock()`,
	`{
		l := $mu.RLocker()
		l.Lock()
		runtime.Gosched()
		t.note("read", $sum >= 0)
		l.Unlock()
	}`,
	`for !$mu.TryLock() {
		runtime.Gosched()
	}
	$sum += $k
	runtime.Gosched()
	$mu.Unlock()`,
}

// onlyOnce has the first process that arrives do something.
func (m *maker) onlyOnce() {
	all := m.some(2)
	if all == nil {
		return
	}
	n := m.id()
	names := []any{
		"$once", m.field(fmt.Sprint("once", n), "sync.Once", ""),
		"$val", m.field(fmt.Sprint("val", n), "int", ""),
		"$one", m.field(fmt.Sprint("one", n), "func() int", "sync.OnceValue(func() int { runtime.Gosched(); return 6 })"),
		"$two", m.field(fmt.Sprint("two", n), "func() (int, error)", "sync.OnceValues(func() (int, error) { runtime.Gosched(); return 7, ErrOdd })"),
	}
	form := pick(m, onces...)
	m.each(all, func() string { return fill(form, names...) })
}

var onces = []string{
	`$once.Do(func() {
		runtime.Gosched()
		$val += 5
	})
	t.got("once", $val)`,
	`t.got("once", $one())`,
	`{
		v, err := $two()
		t.got("once", v)
		t.note("err", err)
	}`,
}

// cancellation has processes wait for the end of a context, or of one under it, which one of them brings about.
func (m *maker) cancellation() {
	all := m.some(2)
	site, other := m.site(), m.site()
	if all == nil || other == 0 {
		return
	}
	n := m.id()
	names := []any{
		"$cancel", fmt.Sprint("w.cancel", n), "$ctx", fmt.Sprint("w.ctx", n), "$under", fmt.Sprint("w.under", n),
		"$site", site, "$other", other,
	}
	made := func(form string) string { return fill(form, append(names, "$k", 1+m.IntN(5))...) }
	m.p.fields = append(m.p.fields,
		field{fmt.Sprint("cancel", n), "func()", ""},
		field{fmt.Sprint("ctx", n), "context.Context", made(pick(m, contexts...) + "\n_ = $cancel")},
		field{fmt.Sprint("under", n), "context.Context", made(pick(m, contextsUnder...))})
	m.each(all, func() string { return made(pick(m, ends...)) })
	m.p.events[n].parts[0].code = made(`$cancel()
	t.note("cancelled", $ctx.Err())`)
}

// contexts are made by the workflow when it starts, and contextsUnder from them.
var (
	contexts = []string{
		`{
			c, f := context.WithCancel(ctx)
			$ctx, $cancel = c, f
		}`,
		`{
			c, f := context.WithCancelCause(ctx)
			$ctx, $cancel = c, func() { f(ErrOdd) }
		}`,
		`{
			c, f := context.WithTimeoutCause(ctx, $k*time.Second + $site, ErrOdd)
			$ctx, $cancel = c, f
		}`,
	}
	contextsUnder = []string{
		`$under, _ = context.WithTimeout($ctx, $k*time.Second + $other)`,
		`$under, _ = context.WithCancel(context.WithValue($ctx, count(0), 1))`,
	}
)

// ends are ways to wait for the end of a context.
var ends = []string{
	`<-$ctx.Done()
	t.note("ended", $ctx.Err())
	t.note("cause", context.Cause($ctx))`,
	`<-$under.Done()
	t.note("ended", $under.Err())
	t.note("cause", context.Cause($under))`,
	`{
		done := make(chan int)
		stop := context.AfterFunc($ctx, func() { done <- 5 })
		t.got("after", <-done)
		t.note("stop", stop())
	}`,
	`{
		n, err := Square($under, 9)
		t.got("square", n)
		t.note("err", err)
		<-$ctx.Done()
	}`,
	`select {
	case <-$ctx.Done():
		t.note("ended", 1)
	case <-context.WithoutCancel($ctx).Done():
	}
	<-$under.Done()`,
}
