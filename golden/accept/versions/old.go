//go:build go1.21

package versions

import (
	"context"
	"time"
)

// old has one variable for all rounds of a loop.
func old(ctx context.Context, m map[string]int) (numbers []int, err error) {
	var later []func() int
	for n := 0; n < 3; n++ {
		later = append(later, func() int { time.Sleep(time.Second); return n })
	}
	for _, f := range later {
		numbers = append(numbers, f())
	}
	ch := make(chan int, 3)
	for _, n := range m {
		if n, err = Note(ctx, n); err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	ch <- 4
	ch <- 5
	close(ch)
	later = nil
	for n := range ch {
		later = append(later, func() int { return n })
	}
	for _, f := range later {
		numbers = append(numbers, f())
	}
	return numbers, nil
}
