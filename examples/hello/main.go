// Command hello is a complete program. Kill it while it waits and run it again: the order continues where it was.
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

//pawl:activity timeout=10s backoff=1s..1m
func Charge(ctx context.Context, item string) (payment string, err error) {
	fmt.Println("charging for", item, "under the key", pawl.ActivityInfo(ctx).IdempotencyKey)
	return "payment for " + item, nil
}

//pawl:activity
func Ship(ctx context.Context, item, payment string) (parcel string, err error) {
	fmt.Println("shipping", item)
	return "parcel with " + item, nil
}

//pawl:workflow
func Checkout(ctx context.Context, item string) (parcel string, err error) {
	payment, err := Charge(ctx, item)
	if err != nil {
		return "", err
	}
	time.Sleep(10 * time.Second) // a durable timer: it might be ten days
	return Ship(ctx, item, payment)
}

func main() {
	ctx := context.Background()
	c := must(pawl.Connect(ctx, "")) // NATS_URL, or else the server in this process
	go func() {
		if err := c.Work(ctx, PawlRegistration()); err != nil {
			log.Fatal(err)
		}
	}()
	run := must(StartCheckout(ctx, c, "order-81", "a book", pawl.OnConflict(pawl.ConflictUseExisting)))
	fmt.Println(must(run.Result(ctx)))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
