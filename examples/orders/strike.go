// The kills: which process is killed, and when.

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// strike is a kill that happens when a share of the work is done.
type strike struct {
	at   float64 // share of the work, from 0 to 1
	what string
	do   func() error
}

// plan draws random moments for killing the worker and our own NATS server. All of them are before the last order ends.
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

// due reports whether it is time for the next strike of plan.
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

// damage describes what was killed.
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
