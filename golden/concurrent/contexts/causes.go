package contexts

// Causes, and what is done because of them: callbacks, compensation, cleaning up.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	errFire = errors.New("fire")
	errRain = errors.New("rain")
)

// Causes go down the tree; the first one stays, and the error of the context is the plain one.
//
//pawl:workflow
func Causes(ctx context.Context) (string, error) {
	house, evacuate := context.WithCancelCause(ctx)
	room, leave := context.WithCancelCause(house)
	other, leaveOther := context.WithCancelCause(house)
	leaveOther(nil)
	evacuate(fmt.Errorf("kitchen: %w", errFire))
	evacuate(errRain)
	leave(errRain)
	return fmt.Sprint(context.Cause(house), ", ", errors.Is(context.Cause(room), errFire), ", ", room.Err(), ", ",
		context.Cause(other), ", ", context.Cause(ctx)), nil
}

// TimedCauses say why the time was limited, unless something else came first.
//
//pawl:workflow
func TimedCauses(ctx context.Context) (string, error) {
	start := time.Now()
	late, cancelLate := context.WithTimeoutCause(ctx, time.Hour, errRain)
	defer cancelLate()
	early, cancelEarly := context.WithDeadlineCause(ctx, start.Add(2*time.Hour), errFire)
	cancelEarly()
	<-late.Done()
	<-early.Done()
	return fmt.Sprint(late.Err(), " by ", context.Cause(late), ", ", context.Cause(early), "@", elapsed(start)), nil
}

// SiblingsStop when one of them fails, and hear why.
//
//pawl:workflow
func SiblingsStop(ctx context.Context) (string, error) {
	start := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	ends := make([]string, 3)
	for i, table := range []int{4, 13, 5} {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * time.Second)
			if err := Reserve(ctx, table); err != nil {
				cancel(fmt.Errorf("table %d: %w", table, err))
				ends[i] = "failed"
				return
			}
			if _, err := Cook(ctx, 20); err != nil {
				ends[i] = "stopped"
				return
			}
			ends[i] = "eaten"
		})
	}
	wg.Wait()
	cause := context.Cause(ctx)
	return fmt.Sprint(ends, " ", cause, " ", errors.Is(cause, ErrFull), " ", elapsed(start)), nil
}

// Compensation runs in a context that is not cancelled with its parent, and keeps its own limit of time.
//
//pawl:workflow
func Compensation(ctx context.Context) (result string, err error) {
	start := time.Now()
	evening, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := Reserve(evening, 2); err != nil {
		return "", err
	}
	defer func() {
		clean, cancel := context.WithTimeout(context.WithoutCancel(evening), time.Minute)
		defer cancel()
		released, failed := Release(clean, 2)
		result = fmt.Sprint(result, ", ", released, "@", elapsed(start))
		err = failed
	}()
	if _, err := Cook(evening, 30); err != nil {
		return fmt.Sprint("no dish: ", evening.Err()), nil
	}
	return "dish", nil
}

// Callbacks run when the context ends, unless they have been stopped before; on a dead context they run at once.
//
//pawl:workflow
func Callbacks(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	ran := make(chan string, 3)
	stopA := context.AfterFunc(ctx, func() { ran <- "a" })
	stopB := context.AfterFunc(ctx, func() { ran <- "b" })
	before := fmt.Sprint(stopB(), stopB())
	cancel()
	first := <-ran
	stopC := context.AfterFunc(ctx, func() { ran <- "c" })
	second := <-ran
	return fmt.Sprint(before, " ", first, second, " ", stopA(), stopC(), " ", len(ran)), nil
}

// CallbackOrder is open among the callbacks of one context; here the first of three is asked for.
//
//pawl:workflow
func CallbackOrder(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	var mu sync.Mutex
	var order []string
	var wg sync.WaitGroup
	wg.Add(3)
	for _, name := range []string{"x", "y", "z"} {
		context.AfterFunc(ctx, func() {
			defer wg.Done()
			time.Sleep(time.Minute)
			mu.Lock()
			defer mu.Unlock()
			order = append(order, name)
		})
	}
	cancel()
	wg.Wait()
	slices.Sort(order[1:])
	return strings.Join(order, " "), nil
}

// waitOn waits for a condition, or for the end of ctx: a callback wakes those who wait then.
func waitOn(ctx context.Context, c *sync.Cond, holds func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Broadcast()
	})
	defer stop()
	for !holds() {
		c.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// CancellableCond has three wait for a condition that comes too late for one of them.
//
//pawl:workflow
func CancellableCond(ctx context.Context) (string, error) {
	start := time.Now()
	c := sync.NewCond(new(sync.Mutex))
	served := false
	ends := make([]string, 3)
	var wg sync.WaitGroup
	for i := range ends {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, time.Duration(i+1)*time.Hour)
			defer cancel()
			c.L.Lock()
			defer c.L.Unlock()
			err := waitOn(ctx, c, func() bool { return served })
			ends[i] = fmt.Sprint(err, "@", elapsed(start))
		})
	}
	time.Sleep(90 * time.Minute)
	c.L.Lock()
	served = true
	c.L.Unlock()
	c.Broadcast()
	wg.Wait()
	return strings.Join(ends, ", "), nil
}

// server runs until it is stopped, and waits for what it has begun.
type server struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	requests chan int
	running  sync.WaitGroup
}

func newServer(ctx context.Context) *server {
	s := &server{requests: make(chan int)}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	s.running.Add(1)
	go s.serve()
	return s
}

func (s *server) serve() {
	defer s.running.Done()
	for {
		select {
		case seconds := <-s.requests:
			s.running.Add(1)
			go func() {
				defer s.running.Done()
				// What has begun is finished, whatever becomes of the server.
				if _, err := Cook(context.WithoutCancel(s.ctx), seconds); err != nil {
					s.cancel(err)
				}
			}()
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *server) request(seconds int) error {
	select {
	case s.requests <- seconds:
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// GracefulStop finishes the requests that have begun, and refuses new ones.
//
//pawl:workflow
func GracefulStop(ctx context.Context) (string, error) {
	start := time.Now()
	s := newServer(ctx)
	accepted := errors.Join(s.request(4), s.request(9))
	s.cancel(errRain)
	s.running.Wait()
	return fmt.Sprint(accepted, " ", s.request(1), " ", elapsed(start)), nil
}
