// Package dice draws random numbers in several goroutines: each has a stream of its own, which every replay draws again.
package dice

import (
	"context"
	"math/rand"
	randv2 "math/rand/v2"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// Count counts the numbers it is given. Its inputs are recorded, so a replay that drew others would be noticed.
//
//pawl:activity
func Count(ctx context.Context, numbers []int) (int, error) { return len(numbers), nil }

// Throw has players throw dice, each in its own rhythm.
//
//pawl:workflow
func Throw(ctx context.Context, players int) (count int, err error) {
	thrown := make([][]int, players)
	var wg sync.WaitGroup
	for i := range players {
		wg.Go(func() {
			thrown[i] = append(thrown[i], rand.Intn(6), randv2.IntN(6))
			time.Sleep(time.Duration(1+i%2) * time.Minute)
			thrown[i] = append(thrown[i], rand.Perm(3)...)
		})
	}
	time.Sleep(randv2.N(time.Minute))
	wg.Wait()
	for i := range players {
		n, err := Count(ctx, thrown[i])
		if err != nil {
			return 0, err
		}
		count += n
	}
	return count, nil
}
