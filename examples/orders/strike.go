// What befalls the world, and when.

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// strike is something bad that happens when the work has come so far.
type strike struct {
	at   float64 // share of the work that is done, 0 to 1
	what string
	do   func() error
}

// plan draws the moments at which the worker, and the NATS server if it is ours, are killed. All of them come while
// orders are still on their way.
func (w *world) plan(kill bool) []strike {
	if !kill {
		return nil
	}
	plan := []strike{
		{between(0.05, 0.20), "kill -9 of the worker", w.killWorker},
		{between(0.30, 0.40), "kill -9 of the worker", w.killWorker},
		{between(0.45, 0.55), "kill -9 of the NATS server", w.killNATS},
		{between(0.60, 0.70), "kill -9 of the worker", w.killWorker},
	}
	if w.nats == nil {
		plan = slices.Delete(plan, 2, 3)
	}
	return plan
}

// due reports whether the next strike of plan has come.
func due(plan []strike, progress float64) bool { return len(plan) > 0 && progress >= plan[0].at }

func between(low, high float64) float64 { return low + rand.Float64()*(high-low) }

func (w *world) killWorker() error {
	w.worker.kill()
	w.workerKills++
	return w.startWorker()
}

func (w *world) killNATS() error {
	w.nats.kill()
	w.natsKills++
	return w.startNATS()
}

// damage says what was done to the world.
func (w *world) damage() string {
	return fmt.Sprintf("The worker was killed %s, the NATS server %s.", times(w.workerKills), times(w.natsKills))
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
