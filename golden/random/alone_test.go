package random_test

// This file draws events of a single process: what it does by itself, and small concurrent programs within it.

// alone is a step of one process.
func (m *maker) alone() {
	m.event(part{m.anyone(), fill(m.timed(steps, timedSteps), "$k", 1+m.IntN(4))})
}

var steps = []string{
	"time.Sleep($k * time.Second)",
	"time.Sleep($k * time.Second)",
	`t.note("x", t.x)`,
	"runtime.Gosched()",
	`{
		v, err := Square(ctx, $k)
		t.got("square", v)
		t.note("err", err)
	}`,
	`if v, err := Half(ctx, t.x); errors.Is(err, ErrOdd) {
		t.note("odd", err)
	} else {
		t.got("half", v)
	}`,
	`{
		v, err := Twice(ctx, t.x)
		t.got("twice", v)
		t.note("err", err)
	}`,
	`{
		f := Square
		v, _ := f(ctx, $k)
		t.got("square", v)
	}`,
	`t.note("time", (<-time.After($k * time.Second)).Sub(t.began))`,
	`{
		timer := time.NewTimer($k * time.Second)
		t.note("stop", timer.Stop())
		t.note("reset", timer.Reset($k * time.Second))
		<-timer.C
		t.note("stop", timer.Stop())
	}`,
	`{
		timer := time.NewTimer(time.Second)
		time.Sleep(2 * time.Second)
		t.note("len", len(timer.C))
		t.note("reset", timer.Reset($k * time.Second))
		t.note("fired", (<-timer.C).Sub(t.began))
	}`,
	`{
		c := make(chan int)
		timer := time.AfterFunc($k*time.Second, func() { c <- $k })
		t.got("after", <-c)
		t.note("stop", timer.Stop())
	}`,
	`{
		c := make(chan int, 2)
		timer := time.AfterFunc(time.Second, func() { c <- 1 })
		timer.Stop()
		time.Sleep(2 * time.Second)
		t.note("reset", timer.Reset(time.Second))
		t.got("after", <-c)
	}`,
	`{
		ticker := time.NewTicker($k * time.Second)
		for i := range 3 {
			t.note("tick", (<-ticker.C).Sub(t.began))
			if i == 1 {
				ticker.Reset(time.Second)
			}
		}
		ticker.Stop()
	}`,
	`func() {
		ticker := time.NewTicker(2 * time.Second)
		defer ticker.Stop()
		n := 0
		for range ticker.C {
			if n++; n == $k {
				return
			}
			t.got("tick", n)
		}
	}()`,
	`func() {
		defer func() { t.note("panic", recover()) }()
		c := make(chan int, 1)
		close(c)
		c <- <-c
	}()`,
	`func() {
		defer func() { t.note("panic", recover()) }()
		var c chan int
		close(c)
	}()`,
	`func() {
		defer func() { t.note("panic", recover()) }()
		c := make(chan int)
		select {
		case <-(chan int)(nil):
		case c <- func() int { close(c); return 1 }():
		}
	}()`,
	`for k, v := range map[string]int{"a": 1, "b": $k} {
		time.Sleep(time.Second)
		t.note("key", len(k))
		t.x += v
	}`,
	`slices.SortFunc([]int{3, 1, 2}, func(a, b int) int {
		time.Sleep(time.Second)
		return a - b
	})`,
	`select {
	case <-ctx.Done():
		t.note("never", 0)
	default:
		t.note("default", ctx.Err())
	}`,
	`select {
	case <-time.After(3 * time.Second):
		t.note("late", 0)
	case <-time.After(2 * time.Second):
		t.note("early", 0)
	}`,
}

var timedSteps = []string{
	`select {
	case <-ctx.Done():
		t.note("ended", context.Cause(ctx))
	case <-time.After($k*time.Second + $site):
		t.note("late", ctx.Err())
	}`,
	`{
		stop := context.AfterFunc(ctx, func() { runtime.Gosched() })
		time.Sleep($k*time.Second + $site)
		t.note("stop", stop())
		t.note("again", stop())
	}`,
	`{
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), $k*time.Second + $site)
		_, limited := ctx.Deadline()
		<-ctx.Done()
		t.note("limited", limited)
		cancel()
	}`,
	`{
		ctx, cancel := context.WithTimeout(ctx, $k*time.Second + $site)
		v, err := Square(ctx, 4)
		cancel()
		t.got("square", v)
		t.note("err", err)
		t.note("deadline", errors.Is(ctx.Err(), context.DeadlineExceeded))
	}`,
	`{
		ctx, cancel := context.WithDeadline(ctx, t.began.Add($k*time.Second + $site))
		defer cancel()
		<-ctx.Done()
		t.note("cause", context.Cause(ctx))
	}`,
	`{
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc($k*time.Second + $site, cancel)
		v, err := Square(ctx, 3)
		t.got("square", v)
		t.note("err", err)
		<-ctx.Done()
	}`,
	`{
		ctx, cancel := context.WithTimeout(ctx, time.Second + $site)
		ctx, second := context.WithTimeout(ctx, $k*time.Second)
		<-ctx.Done()
		t.note("err", ctx.Err())
		second()
		cancel()
	}`,
}

// block is a concurrent program of one process that is over before the process goes on.
func (m *maker) block() {
	m.event(part{m.anyone(), fill("{\n"+pick(m, blocks...)+"\n}", "$k", 1+m.IntN(4), "$m", 1+m.IntN(3), "$b", m.IntN(3))})
}

// blocks say the same whatever order their goroutines run in.
var blocks = []string{
	// A pool of workers.
	`jobs, results := make(chan int, $b), make(chan int)
	var wg sync.WaitGroup
	for range $m {
		wg.Go(func() {
			for n := range jobs {
				time.Sleep(time.Duration(n) * time.Second)
				results <- n * n
			}
		})
	}
	go func() {
		defer close(jobs)
		for n := range $k + 2 {
			jobs <- n
		}
	}()
	go func() { wg.Wait(); close(results) }()
	sum := 0
	for r := range results {
		sum += r
	}
	t.got("pool", sum)`,
	// A pool of workers that call an activity.
	`var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for i := range $k {
		wg.Add(1)
		go func(n int) {
			defer wg.Done()
			v, err := Square(ctx, n)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				total += v
			}
		}(i + $m)
	}
	wg.Wait()
	t.got("squares", total)`,
	// Channels merged into one.
	`a, b := make(chan int, $b), make(chan int)
	feed := func(c chan<- int, n int) {
		defer close(c)
		for i := range n {
			c <- i
			time.Sleep(time.Second)
		}
	}
	go feed(a, $k)
	go feed(b, $m)
	sum := 0
	for a != nil || b != nil {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
				continue
			}
			sum += v
		case v, ok := <-b:
			if !ok {
				b = nil
				break
			}
			sum += 10 * v
		}
	}
	t.got("merged", sum)`,
	// A semaphore.
	`places := make(chan struct{}, $m)
	done := make(chan int, $k)
	for i := range $k {
		go func() {
			places <- struct{}{}
			defer func() { <-places; done <- i }()
			time.Sleep(2 * time.Second)
		}()
	}
	sum := 0
	for range $k {
		sum += <-done
	}
	t.got("semaphore", sum)`,
	// Readers and writers, who let each other go first.
	`var mu sync.RWMutex
	var wg sync.WaitGroup
	sum := 0
	for i := range $k {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			old := sum
			runtime.Gosched()
			sum = old + i
		})
		for range $m {
			wg.Go(func() {
				mu.RLock()
				defer mu.RUnlock()
				runtime.Gosched()
				if sum < 0 {
					panic("negative")
				}
			})
		}
	}
	wg.Wait()
	t.got("written", sum)`,
	// A queue with a condition.
	`var mu sync.Mutex
	filled := sync.NewCond(&mu)
	var queue []int
	go func() {
		for i := range $k {
			time.Sleep(time.Second)
			mu.Lock()
			queue = append(queue, i)
			mu.Unlock()
			filled.Signal()
		}
	}()
	for range $k {
		mu.Lock()
		for len(queue) == 0 {
			filled.Wait()
		}
		v := queue[0]
		queue = queue[1:]
		mu.Unlock()
		t.got("queue", v)
	}`,
	// A pipeline.
	`stage := func(in <-chan int, f func(int) int) <-chan int {
		out := make(chan int, $b)
		go func() {
			defer close(out)
			for v := range in {
				out <- f(v)
			}
		}()
		return out
	}
	source := make(chan int)
	go func() {
		for i := range $k {
			source <- i
		}
		close(source)
	}()
	var out <-chan int = source
	for i := range $m {
		out = stage(out, func(v int) int { return v*2 + i })
	}
	for v := range out {
		t.got("pipeline", v)
	}`,
	// Subscribers.
	`var subs []chan int
	var wg sync.WaitGroup
	sums := make([]int, $m)
	for i := range $m {
		c := make(chan int, $b)
		subs = append(subs, c)
		wg.Go(func() {
			for v := range c {
				sums[i] += v
			}
		})
	}
	for v := range $k {
		for _, c := range subs {
			select {
			case c <- v:
			case <-context.WithoutCancel(ctx).Done():
			}
		}
	}
	for _, c := range subs {
		close(c)
	}
	wg.Wait()
	for _, s := range sums {
		t.got("sum", s)
	}`,
	// The first result of several, and the others given up.
	`ctx, cancel := context.WithCancel(ctx)
	results := make(chan int)
	var wg sync.WaitGroup
	for i := range $k {
		wg.Go(func() {
			v, err := Square(ctx, i+1)
			if err != nil {
				return
			}
			select {
			case results <- v:
			case <-ctx.Done():
			}
		})
	}
	t.got("first", <-results)
	cancel()
	wg.Wait()`,
	// A ring.
	`first := make(chan int)
	in := first
	for i := range $k {
		out := make(chan int)
		go func(in <-chan int, out chan<- int) { out <- i + <-in }(in, out)
		in = out
	}
	go func() { first <- $m }()
	t.got("ring", <-in)`,
	// A mutex made of a channel, handed round.
	`lock := make(chan int, 1)
	lock <- 0
	var wg sync.WaitGroup
	for i := range $k {
		wg.Add(1)
		time.AfterFunc(time.Duration(i)*time.Second, func() {
			defer wg.Done()
			n := <-lock
			time.Sleep(3 * time.Second)
			lock <- n + i
		})
	}
	wg.Wait()
	t.got("lock", <-lock)`,
	// An error group with a limit, of which one function fails in the end.
	`var g errgroup.Group
	g.SetLimit($m)
	var mu sync.Mutex
	sum := 0
	for i := range $k + 1 {
		g.Go(func() error {
			time.Sleep(time.Duration(i) * time.Second)
			mu.Lock()
			defer mu.Unlock()
			if sum += i; i == $k {
				return ErrOdd
			}
			return nil
		})
	}
	t.note("group", g.Wait())
	t.got("sum", sum)`,
	// An error group whose context ends with the first failure.
	`g, ctx := errgroup.WithContext(ctx)
	for i := range $k {
		g.Go(func() error {
			v, err := Square(ctx, 2*i+3)
			if v == 9 {
				return ErrOdd
			}
			return err
		})
	}
	t.note("group", g.Wait())
	t.note("ended", ctx.Err())
	t.note("more", g.TryGo(func() error { return nil }))
	g.Wait()`,
	// A map that goroutines fill.
	`var all sync.Map
	var wg sync.WaitGroup
	for i := range $k {
		wg.Go(func() {
			runtime.Gosched()
			all.LoadOrStore(i%$m, i%$m)
		})
	}
	wg.Wait()
	sum := 0
	all.Range(func(_, v any) bool {
		time.Sleep(time.Second)
		sum += v.(int)
		return true
	})
	t.got("map", sum)`,
	// Recursion.
	`var walk func(n int) int
	walk = func(n int) int {
		if n == 0 {
			return 1
		}
		left, right := make(chan int), make(chan int, 1)
		go func() { left <- walk(n - 1) }()
		go func() { right <- walk(n - 1) }()
		return <-left + <-right
	}
	t.got("walk", walk($m))`,
	// Futures.
	`type future struct {
		done chan struct{}
		v    int
	}
	async := func(f func() int) *future {
		r := &future{done: make(chan struct{})}
		go func() { defer close(r.done); r.v = f() }()
		return r
	}
	var all []*future
	for i := range $k {
		all = append(all, async(func() int { time.Sleep(time.Duration($k-i) * time.Second); return i }))
	}
	for _, f := range all {
		<-f.done
		t.got("future", f.v)
	}`,
}

// race is a step of which the outcome depends on who comes first.
func (m *maker) race() {
	m.races++
	m.event(part{m.anyone(), fill("{\n"+pick(m, races...)+"\n}", "$k", 1+m.IntN(4), "$b", m.IntN(2))})
}

// races say one of a few things. jitter makes each of them likely in plain Go.
var races = []string{
	`c := make(chan int, $b)
	for i := range 2 {
		go func() { jitter(); c <- i }()
	}
	t.note("racy", <-c*10+<-c)`,
	`a, b := make(chan int, 1), make(chan int, 1)
	a <- 1
	b <- 2
	select {
	case v := <-a:
		t.note("racy", v)
	case v := <-b:
		t.note("racy", v)
	}`,
	`c := make(chan int, 1)
	go func() {
		time.Sleep($k * time.Second)
		jitter()
		c <- 1
	}()
	late := time.After($k * time.Second)
	time.Sleep($k * time.Second)
	jitter()
	select {
	case v := <-c:
		t.note("racy", v)
	case <-late:
		t.note("racy", "late")
	}`,
	`var mu sync.Mutex
	var wg sync.WaitGroup
	order := ""
	for _, s := range []string{"a", "b"} {
		wg.Go(func() {
			jitter()
			mu.Lock()
			defer mu.Unlock()
			order += s
		})
	}
	wg.Wait()
	t.note("racy", order)`,
	`in, out := make(chan int), make(chan int)
	go func() { jitter(); in <- 1 }()
	go func() { jitter(); <-out }()
	jitter()
	select {
	case v := <-in:
		t.note("racy", v)
	case out <- 2:
		t.note("racy", 2)
	}`,
	`c := make(chan int)
	go func() { jitter(); c <- 1 }()
	jitter()
	select {
	case v := <-c:
		t.note("racy", v)
	default:
		t.note("racy", "none")
	}`,
	`ctx, cancel := context.WithCancel(ctx)
	c := make(chan int)
	go func() { jitter(); cancel() }()
	go func() { jitter(); c <- 1 }()
	select {
	case v := <-c:
		t.note("racy", v)
	case <-ctx.Done():
		t.note("racy", ctx.Err())
	}`,
}
