package sched

import (
	"runtime"
	"sync"
	"testing"
)

// The benchmarks come in pairs: what a coroutine does, and the same in native Go. Compare within one run.

// inRun runs fn in a scheduler's first coroutine.
func inRun(b *testing.B, fn func(s *Scheduler)) {
	s := New()
	s.Spawn(func() { b.ResetTimer(); fn(s) })
	if p := s.Run(); p != nil {
		b.Fatal(p)
	}
	s.Kill()
}

func BenchmarkSwitch(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		stop, main := false, s.Current()
		other := s.Spawn(func() {
			for s.Park("the other one"); !stop; s.Park("the other one") {
				s.Ready(main)
			}
		})
		s.Yield()
		for range b.N / 2 { // there and back
			s.Ready(other)
			s.Park("the other one")
		}
		stop = true
		s.Ready(other)
	})
}

func BenchmarkSwitchNative(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	stop, done := false, make(chan struct{})
	go func() {
		for !stop {
			runtime.Gosched()
		}
		close(done)
	}()
	b.ResetTimer()
	for range b.N / 2 {
		runtime.Gosched()
	}
	stop = true
	<-done
}

func BenchmarkHandOff(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		ch := make(chan int)
		s.Spawn(func() {
			for range b.N {
				Send(s, ch, 1)
			}
		})
		for range b.N {
			Recv(s, ch)
		}
	})
}

func BenchmarkHandOffNative(b *testing.B) {
	ch := make(chan int)
	go func() {
		for range b.N {
			ch <- 1
		}
	}()
	b.ResetTimer()
	for range b.N {
		<-ch
	}
}

func BenchmarkPingPong(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		ping, pong := make(chan int), make(chan int)
		s.Spawn(func() {
			for range b.N {
				Recv(s, ping)
				Send(s, pong, 1)
			}
		})
		for range b.N {
			Send(s, ping, 1)
			Recv(s, pong)
		}
	})
}

func BenchmarkPingPongNative(b *testing.B) {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for range b.N {
			<-ping
			pong <- 1
		}
	}()
	b.ResetTimer()
	for range b.N {
		ping <- 1
		<-pong
	}
}

func BenchmarkBuffered(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		ch := make(chan int, 1)
		for range b.N {
			Send(s, ch, 1)
			Recv(s, ch)
		}
	})
}

func BenchmarkBufferedNative(b *testing.B) {
	ch := make(chan int, 1)
	for range b.N {
		ch <- 1
		<-ch
	}
}

func BenchmarkSelectReady(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		never, ch := make(chan int), make(chan int, 1)
		for range b.N {
			Send(s, ch, 1)
			Select(s, OnRecv(never), OnRecv(ch))
		}
	})
}

func BenchmarkSelectReadyNative(b *testing.B) {
	never, ch := make(chan int), make(chan int, 1)
	for range b.N {
		ch <- 1
		select {
		case <-never:
		case <-ch:
		}
	}
}

func BenchmarkSelectBlocked(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		never, ch := make(chan int), make(chan int)
		s.Spawn(func() {
			for range b.N {
				Send(s, ch, 1)
			}
		})
		for range b.N {
			Select(s, OnRecv(never), OnRecv(ch))
		}
	})
}

func BenchmarkSelectBlockedNative(b *testing.B) {
	never, ch := make(chan int), make(chan int)
	go func() {
		for range b.N {
			ch <- 1
		}
	}()
	b.ResetTimer()
	for range b.N {
		select {
		case <-never:
		case <-ch:
		}
	}
}

func BenchmarkGo(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		var wg sync.WaitGroup
		for range b.N {
			s.GoIn(&wg, func() {})
			s.Wait(&wg)
		}
	})
}

func BenchmarkGoNative(b *testing.B) {
	var wg sync.WaitGroup
	for range b.N {
		wg.Go(func() {})
		wg.Wait()
	}
}

func BenchmarkMutex(b *testing.B) {
	b.ReportAllocs()
	inRun(b, func(s *Scheduler) {
		var mu sync.Mutex
		for range b.N {
			s.Lock(&mu)
			s.Unlock(&mu)
		}
	})
}

func BenchmarkMutexNative(b *testing.B) {
	var mu sync.Mutex
	for range b.N {
		mu.Lock()
		mu.Unlock() //nolint:staticcheck // what is measured is the empty section
	}
}
