// Package printing prints and logs: once for each run, and not on a replay.
package printing

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"time"
)

//go:generate go tool pawl generate

// Work works.
//
//pawl:activity
func Work(ctx context.Context, n int) (int, error) { return n * n, nil }

// Talk prints between operations, with every package that prints.
//
//pawl:workflow
func Talk(ctx context.Context, name string) (int, error) {
	fmt.Println("hello", name)
	logger := slog.Default().With("name", name)
	square, err := Work(ctx, 7)
	logger.Info("worked", "square", square)
	fmt.Printf("%d squared is %d\n", 7, square)
	slog.Warn("tired", slog.Group("until", "square", square), "err", err)
	time.Sleep(time.Minute)
	log.Printf("awake again: %v", err)
	say := fmt.Print
	_, _ = say("good", "bye\n")
	log.Default().Println("bye")
	return square, err
}
