package pipelines

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"
)

// This file pulls values out of iterators that wait.

// Pulled draws from an iterator in a goroutine of its own, while the one that will stop it waits; a second iterator is
// read to its end.
//
//pawl:workflow
func Pulled(ctx context.Context) (string, error) {
	next, stop := iter.Pull(slowly(3))
	defer stop()
	pair, _ := iter.Pull2(numbered(slowly(2)))
	var drawn []string
	var wg sync.WaitGroup
	wg.Go(func() {
		for v, ok := next(); ok; v, ok = next() {
			drawn = append(drawn, fmt.Sprint(v))
		}
	})
	wg.Wait()
	for i, v, ok := pair(); ok; i, v, ok = pair() {
		drawn = append(drawn, fmt.Sprint(i, ":", v))
	}
	return strings.Join(drawn, " "), nil
}

func slowly(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			time.Sleep(time.Second)
			if !yield(i * i) {
				return
			}
		}
	}
}

func numbered(seq iter.Seq[int]) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		i := 0
		for v := range seq {
			if i++; !yield(i, v) {
				return
			}
		}
	}
}
