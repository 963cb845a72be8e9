// Package chance draws random numbers, which every replay draws again.
package chance

import (
	"context"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"
	"time"
)

//go:generate go tool pawl generate

// Count counts the numbers it is given. Its inputs are recorded, so a replay that drew others would be noticed.
//
//pawl:activity
func Count(ctx context.Context, numbers []int) (int, error) { return len(numbers), nil }

// jitter is a random part of d.
func jitter(d time.Duration) time.Duration { return d/2 + randv2.N(d/2) }

// Draw draws from both packages, and from sources that the workflow seeds itself.
//
//pawl:workflow
func Draw(ctx context.Context) (count int, mine []int, err error) {
	numbers := rand.Perm(10)
	randv2.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	if rand.Intn(2) == 1 || randv2.Float64() < 0.5 {
		slices.Reverse(numbers)
	}
	time.Sleep(jitter(time.Minute))
	pick := randv2.IntN
	numbers = append(numbers, pick(1000), int(randv2.Uint32()), rand.Int())
	count, err = Count(ctx, numbers)
	own, seeded := rand.New(rand.NewSource(7)), randv2.New(randv2.NewPCG(1, 2))
	return count, []int{own.Intn(100), seeded.IntN(100)}, err
}
