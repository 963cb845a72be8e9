package barriers

// Rendezvous: two or more meet, and hand something over while they do.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// exchanger swaps the values of two who meet.
type exchanger[T any] struct {
	offers chan offer[T]
}

type offer[T any] struct {
	value  T
	answer chan T
}

// swap exchanges v for the value of the next goroutine that arrives.
func (e exchanger[T]) swap(v T) T {
	mine := offer[T]{v, make(chan T, 1)}
	select {
	case e.offers <- mine:
		return <-mine.answer
	case theirs := <-e.offers:
		theirs.answer <- v
		return theirs.value
	}
}

// Exchange lets two swap buffers three times.
//
//pawl:workflow
func Exchange(ctx context.Context) (string, error) {
	e := exchanger[[]string]{make(chan offer[[]string])}
	type half struct{ name, got string }
	halves := make(chan half)
	for _, name := range []string{"full", "empty"} {
		go func() {
			buffer := []string{name}
			for i := range 3 {
				buffer = e.swap(append(buffer, fmt.Sprint(name[:1], i)))
			}
			halves <- half{name, strings.Join(buffer, ",")}
		}()
	}
	a, b := <-halves, <-halves
	if a.name > b.name {
		a, b = b, a
	}
	return fmt.Sprint(a.got, " ", b.got), nil
}

// meeting is two signals: each says that it is there and waits for the other.
type meeting struct{ a, b chan struct{} }

func (m meeting) first(do func()) {
	do()
	m.a <- struct{}{}
	<-m.b
}

func (m meeting) second(do func()) {
	do()
	<-m.a
	m.b <- struct{}{}
}

// Meeting makes both sides wait for the slower one.
//
//pawl:workflow
func Meeting(ctx context.Context) (string, error) {
	start := time.Now()
	m := meeting{make(chan struct{}), make(chan struct{})}
	var early, late time.Duration
	done := make(chan bool)
	go func() {
		m.first(func() { time.Sleep(time.Minute) })
		early = elapsed(start)
		done <- true
	}()
	m.second(func() { time.Sleep(time.Hour) })
	late = elapsed(start)
	<-done
	return fmt.Sprint(early, " ", late), nil
}

// PingPong hits a ball back and forth over unbuffered channels.
//
//pawl:workflow
func PingPong(ctx context.Context) (string, error) {
	ping, pong := make(chan int), make(chan int)
	go player(ping, pong)
	hits := []int{}
	for ball := 0; ball < 6; ball++ {
		ping <- ball
		ball = <-pong
		hits = append(hits, ball)
	}
	close(ping)
	_, open := <-pong
	return fmt.Sprint(hits, open), nil
}

func player(in <-chan int, out chan<- int) {
	defer close(out)
	for ball := range in {
		out <- ball + 1
	}
}

// Water takes hydrogen and oxygen: two of one and one of the other bond, and none continues before the molecule is complete.
//
//pawl:workflow
func Water(ctx context.Context) (string, error) {
	hydrogen, oxygen := make(chan chan<- int), make(chan chan<- int)
	var atoms sync.WaitGroup
	var mu sync.Mutex
	made := map[int]int{}
	atom := func(kind chan<- chan<- int) {
		defer atoms.Done()
		bond := make(chan int)
		kind <- bond
		molecule := <-bond
		mu.Lock()
		made[molecule]++
		mu.Unlock()
	}
	atoms.Add(9)
	for i := range 9 {
		if i%3 == 0 {
			go atom(oxygen)
		} else {
			go atom(hydrogen)
		}
	}
	for molecule := 1; molecule <= 3; molecule++ {
		for _, bond := range []chan<- int{<-hydrogen, <-oxygen, <-hydrogen} {
			bond <- molecule
		}
	}
	atoms.Wait()
	return fmt.Sprint(made), nil
}

// Dancers pairs leaders with followers in the order in which they come.
//
//pawl:workflow
func Dancers(ctx context.Context) (string, error) {
	leaders, followers := make(chan string), make(chan string)
	arrive := func(hall chan<- string, every time.Duration, names ...string) {
		for _, name := range names {
			time.Sleep(every)
			hall <- name
		}
		close(hall)
	}
	go arrive(leaders, 5*time.Minute, "Ada", "Bea", "Cleo")
	go arrive(followers, 7*time.Minute, "Dan", "Eli", "Fay")
	start := time.Now()
	var pairs []string
	for {
		l, ok := <-leaders
		f, also := <-followers
		if !ok || !also {
			return strings.Join(pairs, " "), nil
		}
		pairs = append(pairs, fmt.Sprint(l, "+", f, "@", elapsed(start)))
	}
}

// PartyOfFailures gathers everybody even if a machine is broken, and says which.
//
//pawl:workflow
func PartyOfFailures(ctx context.Context) (string, error) {
	start := time.Now()
	type arrival struct {
		machine int
		err     error
	}
	gathering := make(chan arrival)
	for machine := range 4 {
		go func() {
			_, err := WarmUp(ctx, machine)
			gathering <- arrival{machine, err}
		}()
	}
	var ready, broken []int
	for range 4 {
		switch a := <-gathering; {
		case a.err == nil:
			ready = append(ready, a.machine)
		case errors.Is(a.err, ErrBroken):
			broken = append(broken, a.machine)
		default:
			return "", a.err
		}
	}
	return fmt.Sprint("ready ", ready, " broken ", broken, " ", elapsed(start)), nil
}

// Barbershop has two chairs. Of four who come one minute after the other, the first is shaved, two wait, and the last
// goes away.
//
//pawl:workflow
func Barbershop(ctx context.Context) (string, error) {
	chairs := make(chan chan struct{}, 2)
	var shaved []time.Duration
	start := time.Now()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for customer := range chairs {
			time.Sleep(10 * time.Minute)
			shaved = append(shaved, elapsed(start))
			close(customer)
		}
	}()
	turnedAway := 0
	for range 4 {
		time.Sleep(time.Minute)
		select {
		case chairs <- make(chan struct{}):
		default:
			turnedAway++
		}
	}
	close(chairs)
	<-closed
	return fmt.Sprint(shaved, turnedAway), nil
}

// Handshake connects three callers with two operators; who talks to whom is open, who talks longest is not.
//
//pawl:workflow
func Handshake(ctx context.Context) (string, error) {
	lines := make(chan chan string)
	var operators sync.WaitGroup
	for range 2 {
		operators.Go(func() {
			for line := range lines {
				text := <-line
				time.Sleep(time.Duration(len(text)) * time.Minute)
				line <- strings.ToUpper(text)
			}
		})
	}
	start := time.Now()
	var callers sync.WaitGroup
	answers := make([]string, 3)
	for i, text := range []string{"hi", "hello", "hi you"} {
		callers.Go(func() {
			line := make(chan string)
			time.Sleep(time.Duration(i) * time.Second)
			lines <- line
			line <- text
			answers[i] = fmt.Sprint(<-line, "@", elapsed(start).Truncate(time.Minute))
		})
	}
	callers.Wait()
	close(lines)
	operators.Wait()
	slices.Sort(answers)
	return strings.Join(answers, " "), nil
}
