// Command quotes asks several carriers concurrently for the price of a parcel and takes the cheapest offer that arrives in time.
//
// Its workflow is concurrent Go: goroutines, a channel, select and a timer. Kill the program while it waits and start it again: the
// carriers that have answered are not asked a second time, and the deadline stays the same.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/pawlhq/pawl"
	_ "github.com/pawlhq/pawl/runtime/embed" // a NATS server in this process, its data in ./.pawl
)

//go:generate go tool pawl generate

// Offer is a carrier's price for a parcel.
type Offer struct {
	Carrier string
	Cents   int
}

// Quote asks one carrier, which takes a few seconds to answer.
//
//pawl:activity timeout=1h
func Quote(ctx context.Context, carrier string, grams int) (Offer, error) {
	fmt.Println("asking", carrier)
	select {
	case <-time.After(time.Duration(2*len(carrier)) * time.Second):
		return Offer{carrier, grams/10 + 1000/len(carrier)}, nil
	case <-ctx.Done():
		return Offer{}, ctx.Err()
	}
}

// Cheapest returns the best offer that arrives within 30 seconds and cancels the requests that are too late.
//
//pawl:workflow
func Cheapest(ctx context.Context, carriers []string, grams int) (best Offer, err error) {
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	offers := make(chan Offer, len(carriers))
	for _, c := range carriers {
		go func() {
			if offer, err := Quote(asking, c, grams); err == nil {
				offers <- offer
			}
		}()
	}
	deadline := time.After(30 * time.Second)
	for range carriers {
		select {
		case o := <-offers:
			if best.Carrier == "" || o.Cents < best.Cents {
				best = o
			}
		case <-deadline:
			return best, nil
		}
	}
	return best, nil
}

func main() {
	ctx := context.Background()
	c := must(pawl.Connect(ctx, "")) // NATS_URL, or else the server in this process
	go func() {
		if err := c.Work(ctx, PawlRegistration()); err != nil {
			log.Fatal(err)
		}
	}()
	run := must(StartCheapest(ctx, c, "parcel-7", []string{"Post", "Hermes", "Pigeon & Sons Ltd."}, 1500, pawl.OnConflict(pawl.ConflictUseExisting)))
	fmt.Println(must(run.Result(ctx)))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
