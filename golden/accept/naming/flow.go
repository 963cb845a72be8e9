// Package naming gives names and queues of its own, and keeps what it annotates to itself.
package naming

import (
	"context"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// greet keeps its history's name when it moves.
//
//pawl:activity name=greeter.v1/greet queue=greeters
func greet(ctx context.Context, whom string) (string, error) { return "hello " + whom, nil }

// polite has names of its own for inputs that it does not use.
//
//pawl:step name=greeter.v1/polite
func polite(_ context.Context, text string, _ int) (string, error) { return text + ", please", nil }

// hello is a workflow that only this package can start.
//
//pawl:workflow name=greeter.v1/hello queue=desk timeout=1h
func hello(ctx context.Context, whom string) (string, error) {
	text, err := greet(ctx, whom)
	if err != nil {
		return "", err
	}
	return polite(ctx, text, 3)
}

// Hello is hello as a plain function.
func Hello(ctx context.Context, whom string) (string, error) { return hello(ctx, whom) }

// RunHello runs hello on the engine.
func RunHello(ctx context.Context, c *pawl.Client, id, whom string) (string, error) {
	run, err := startHello(ctx, c, id, whom)
	if err != nil {
		return "", err
	}
	return run.Result(ctx)
}
