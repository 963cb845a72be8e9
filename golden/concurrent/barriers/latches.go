package barriers

// Latches: something opens once, and those who wait go on.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// latch opens after a number of calls of countDown.
type latch struct {
	left atomic.Int32
	open chan struct{}
}

func newLatch(n int32) *latch {
	l := &latch{open: make(chan struct{})}
	l.left.Store(n)
	return l
}

func (l *latch) countDown() {
	if l.left.Add(-1) == 0 {
		close(l.open)
	}
}

// StartingGun holds three runners back with a closed channel; they finish after the gun, at different times.
//
//pawl:workflow
func StartingGun(ctx context.Context) (string, error) {
	start := time.Now()
	gun := make(chan struct{})
	finish := make(chan string)
	for i, name := range []string{"tortoise", "hare", "snail"} {
		go func(pace time.Duration) {
			<-gun
			time.Sleep(pace)
			finish <- name
		}([]time.Duration{2, 1, 3}[i] * time.Hour)
	}
	time.Sleep(time.Hour)
	close(gun)
	var order []string
	for range 3 {
		order = append(order, fmt.Sprint(<-finish, "@", elapsed(start)))
	}
	return strings.Join(order, " "), nil
}

// CountDown waits until four workers have all done their share.
//
//pawl:workflow
func CountDown(ctx context.Context) (string, error) {
	l := newLatch(4)
	var sum atomic.Int64
	for i := range 4 {
		go func() {
			defer l.countDown()
			sum.Add(int64(i * i))
		}()
	}
	<-l.open
	return fmt.Sprint("sum ", sum.Load(), " left ", l.left.Load()), nil
}

// CountDownInTime gives up on a latch of which one count is missing, and is there when it opens.
//
//pawl:workflow
func CountDownInTime(ctx context.Context) (string, error) {
	l := newLatch(3)
	for i := range 3 {
		time.AfterFunc(time.Duration(i+1)*time.Minute, l.countDown)
	}
	var log []string
	for tries := 1; ; tries++ {
		select {
		case <-l.open:
			return strings.Join(append(log, fmt.Sprint("open at try ", tries)), " "), nil
		case <-time.After(50 * time.Second):
			log = append(log, fmt.Sprint("left ", l.left.Load()))
		}
	}
}

// WarmMachines waits for activities behind a latch; the slowest sets the pace.
//
//pawl:workflow
func WarmMachines(ctx context.Context) (string, error) {
	start := time.Now()
	temperatures := make([]int, 3)
	errs := make([]error, 3)
	l := newLatch(int32(len(temperatures)))
	for i := range temperatures {
		go func() {
			defer l.countDown()
			temperatures[i], errs[i] = WarmUp(ctx, i+1)
		}()
	}
	<-l.open
	for _, err := range errs {
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprint(temperatures, elapsed(start)), nil
}

// Gate opens and closes again: who comes while it is closed waits for the next opening.
//
//pawl:workflow
func Gate(ctx context.Context) (string, error) {
	var g gate
	start := time.Now()
	var mu sync.Mutex
	var passed []string
	var wg sync.WaitGroup
	for i, arrival := range []int{1, 5, 12} {
		wg.Go(func() {
			time.Sleep(time.Duration(arrival) * time.Minute)
			g.pass()
			mu.Lock()
			defer mu.Unlock()
			passed = append(passed, fmt.Sprint(i, "@", elapsed(start)))
		})
	}
	g.close()
	time.Sleep(3 * time.Minute)
	g.open()
	time.Sleep(3 * time.Minute)
	g.close()
	time.Sleep(10 * time.Minute)
	g.open()
	wg.Wait()
	return strings.Join(passed, " "), nil
}

// gate is a door: open at first. A closed one has a channel, which is closed when the gate opens.
type gate struct {
	mu     sync.Mutex
	opened chan struct{}
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened == nil {
		g.opened = make(chan struct{})
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

func (g *gate) pass() {
	g.mu.Lock()
	wait := g.opened
	g.mu.Unlock()
	if wait != nil {
		<-wait
	}
}

// Relay passes a baton along a chain of latches, each opened by the one before.
//
//pawl:workflow
func Relay(ctx context.Context) (string, error) {
	const runners = 5
	var legs [runners + 1]chan struct{}
	for i := range legs {
		legs[i] = make(chan struct{})
	}
	var order []int // guarded by the chain itself
	for i := runners - 1; i >= 0; i-- {
		go func() {
			defer close(legs[i+1])
			<-legs[i]
			order = append(order, i)
		}()
	}
	close(legs[0])
	<-legs[runners]
	return fmt.Sprint(order), nil
}

// FirstThrough opens a latch for three who have waited for the same hour: any of them may be first, then the rest by
// name.
//
//pawl:workflow
func FirstThrough(ctx context.Context) (string, error) {
	l := newLatch(3)
	through := make(chan string, 3)
	for _, name := range [...]string{"x", "y", "z"} {
		go func() {
			time.Sleep(time.Hour)
			through <- name
			l.countDown()
		}()
	}
	<-l.open
	close(through)
	first := <-through
	var rest []string
	for name := range through {
		rest = append(rest, name)
	}
	slices.Sort(rest)
	return first + " before " + strings.Join(rest, " "), nil
}
