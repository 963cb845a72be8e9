package barriers

// Phasers: a party whose members come and go between phases, and fences that order what happens.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// phaser counts phases; a phase ends when every registered member has arrived.
type phaser struct {
	sync.Mutex
	members, arrived, phase int
	turned                  chan struct{} // closed when the phase ends
}

func newPhaser(members int) *phaser {
	return &phaser{members: members, turned: make(chan struct{})}
}

func (p *phaser) register() {
	p.Lock()
	defer p.Unlock()
	p.members++
}

// arrive counts the caller in and gives what it may wait for.
func (p *phaser) arrive() <-chan struct{} {
	p.Lock()
	defer p.Unlock()
	turned := p.turned
	p.arrived++
	p.turnIfFull()
	return turned
}

func (p *phaser) deregister() {
	p.Lock()
	defer p.Unlock()
	p.members--
	p.turnIfFull()
}

func (p *phaser) turnIfFull() {
	if p.members > 0 && p.arrived >= p.members {
		p.arrived = 0
		p.phase++
		close(p.turned)
		p.turned = make(chan struct{})
	}
}

func (p *phaser) current() int {
	p.Lock()
	defer p.Unlock()
	return p.phase
}

// GrowingParty starts alone, registers a helper for each phase, and has them leave again.
//
//pawl:workflow
func GrowingParty(ctx context.Context) (string, error) {
	p := newPhaser(1)
	var helpers sync.WaitGroup
	var seen []int
	for n := range 3 {
		for range n {
			p.register()
			helpers.Go(func() {
				<-p.arrive()
			})
		}
		<-p.arrive()
		helpers.Wait()
		for range n {
			p.deregister()
		}
		seen = append(seen, p.current())
	}
	return fmt.Sprint(seen), nil
}

// ArriveAndGoOn does not wait itself; another one does, and sees that the work is there.
//
//pawl:workflow
func ArriveAndGoOn(ctx context.Context) (string, error) {
	p := newPhaser(3)
	work := make([]int, 2)
	var wg sync.WaitGroup
	for i := range work {
		wg.Go(func() {
			time.Sleep(time.Duration(i+1) * time.Hour)
			work[i] = 7 * (i + 1)
			p.arrive()
		})
	}
	<-p.arrive()
	result := fmt.Sprint(work, p.current())
	wg.Wait()
	return result, nil
}

// Stages calls activities in phases of different width; each phase takes as long as its slowest machine.
//
//pawl:workflow
func Stages(ctx context.Context) (string, error) {
	start := time.Now()
	var log []string
	for _, machines := range [][]int{{1, 3}, {2}, {2, 1, 1}} {
		p := newPhaser(len(machines) + 1)
		total := make(chan int, len(machines))
		for _, m := range machines {
			go func() {
				defer p.arrive()
				if temperature, err := WarmUp(ctx, m); err == nil {
					total <- temperature
				}
			}()
		}
		<-p.arrive()
		close(total)
		sum := 0
		for t := range total {
			sum += t
		}
		log = append(log, fmt.Sprint(sum, "@", elapsed(start)))
	}
	return strings.Join(log, " "), nil
}

// Tournament is a barrier as a tree: winners wait for losers, round by round, and then wake them.
//
//pawl:workflow
func Tournament(ctx context.Context) (string, error) {
	const players = 8
	var up, down [players]chan struct{}
	for i := range players {
		up[i], down[i] = make(chan struct{}), make(chan struct{})
	}
	var mu sync.Mutex
	rounds := map[int]int{}
	var wg sync.WaitGroup
	for i := range players {
		wg.Go(func() {
			var beaten []int
			lost := false
			for step := 1; step < players && !lost; step *= 2 {
				if i&step != 0 {
					up[i] <- struct{}{}
					<-down[i]
					lost = true
					continue
				}
				<-up[i+step]
				beaten = append(beaten, i+step)
			}
			mu.Lock()
			rounds[len(beaten)]++
			mu.Unlock()
			for _, j := range slices.Backward(beaten) {
				down[j] <- struct{}{}
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(rounds), nil
}

// Fences keeps readers of a table between two writes of it, with a read-write lock and no barrier at all: a reader sees
// the whole table of one generation or of the next.
//
//pawl:workflow
func Fences(ctx context.Context) (string, error) {
	var t struct {
		sync.RWMutex
		a, b int
	}
	torn := make(chan bool, 3)
	for range 3 {
		go func() {
			ok := false
			for range 4 {
				t.RLock()
				ok = ok || t.a != t.b
				t.RUnlock()
				time.Sleep(time.Second)
			}
			torn <- ok
		}()
	}
	for range 4 {
		t.Lock()
		t.a++
		t.b++
		t.Unlock()
		time.Sleep(time.Second)
	}
	return fmt.Sprint(<-torn, <-torn, <-torn, t.a, t.b), nil
}

// Overtaken counts how far a quick member is ahead when a slow one has finished its second lap; at that second the
// quick one may be about to begin its fourth lap, or have begun it.
//
//pawl:workflow
func Overtaken(ctx context.Context) (string, error) {
	quick, slow := newPhaser(1), newPhaser(1)
	lapped := make(chan int, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 5 {
			time.Sleep(2 * time.Minute)
			quick.arrive()
		}
	})
	wg.Go(func() {
		for range 2 {
			time.Sleep(4 * time.Minute)
			slow.arrive()
		}
		lapped <- quick.current() - slow.current()
	})
	wg.Wait()
	return fmt.Sprint("laps ahead: ", <-lapped), nil
}
