package corners

// Loops that only end because another goroutine changes an atomic variable: in Go, goroutines run in parallel.

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
)

// SpinUntilStored waits for a variable in the condition of a loop.
//
//pawl:workflow
func SpinUntilStored(context.Context) (string, error) {
	var ready atomic.Bool
	var value int
	go func() {
		value = 42
		ready.Store(true)
	}()
	for !ready.Load() {
	}
	return fmt.Sprint("value ", value), nil
}

// SpinLock guards a variable by a lock that spins. The goroutine that holds it lets others run.
//
//pawl:workflow
func SpinLock(context.Context) (string, error) {
	var lock int32
	acquire := func() {
		for {
			if atomic.CompareAndSwapInt32(&lock, 0, 1) {
				return
			}
		}
	}
	done := make(chan int)
	total := 0
	for i := range 3 {
		go func() {
			acquire()
			before := total
			runtime.Gosched()
			total = before + i + 1
			atomic.StoreInt32(&lock, 0)
			done <- i
		}()
	}
	sum := 0
	for range 3 {
		sum += <-done
	}
	return fmt.Sprint(total, " ", sum), nil
}

// SpinInTurns has two goroutines that take turns by a variable.
//
//pawl:workflow
func SpinInTurns(context.Context) (string, error) {
	var turn atomic.Int32
	text := ""
	done := make(chan bool)
	for me := range int32(2) {
		go func() {
			for i := range 50 {
				for turn.Load() != me {
				}
				if i%10 == 0 {
					text += fmt.Sprint(me)
				}
				turn.Store(1 - me)
			}
			done <- true
		}()
	}
	<-done
	<-done
	return text, nil
}

// CompareAndSwap changes a variable in the usual way, which needs nobody else.
//
//pawl:workflow
func CompareAndSwap(context.Context) (string, error) {
	var most atomic.Int64
	raise := func(to int64) {
		for {
			old := most.Load()
			if old >= to || most.CompareAndSwap(old, to) {
				return
			}
		}
	}
	for _, n := range []int64{3, 1, 4, 1, 5} {
		raise(n)
	}
	return fmt.Sprint(most.Load()), nil
}
