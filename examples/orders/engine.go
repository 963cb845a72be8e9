// Everything that uses Pawl: the worker's program, and how the parent starts and observes runs.

package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/examples/orders/shop"
)

// work is the role of the worker process: it runs the workflows and activities of package shop on the server at args[0].
func work(args []string, ready func(string)) error {
	ctx := context.Background()
	c, err := pawl.Connect(ctx, args[0])
	if err != nil {
		return err
	}
	defer c.Close()
	ready("working")
	return c.Work(ctx, shop.PawlRegistration())
}

// engine is the parent's client.
type engine struct{ pawl *pawl.Client }

// connect returns an engine that logs its connection's events to log, so that they do not disturb the display.
func connect(ctx context.Context, natsURL string, log io.Writer) (*engine, error) {
	c, err := pawl.Connect(ctx, natsURL, pawl.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	if err != nil {
		return nil, err
	}
	return &engine{c}, nil
}

func (e *engine) close() { e.pawl.Close() }

func (e *engine) startAll(ctx context.Context, orders []shop.Order) error {
	for _, o := range orders {
		if _, err := shop.StartFulfil(ctx, e.pawl, o.ID, o); err != nil {
			return err
		}
	}
	return nil
}

// lookAt updates sights. States that cannot be read while the server is down stay as they were.
func (e *engine) lookAt(ctx context.Context, sights []sight) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var looks sync.WaitGroup
	for i := range sights {
		if s := &sights[i]; !s.ended {
			looks.Go(func() { e.look(ctx, s) })
		}
	}
	looks.Wait()
}

func (e *engine) look(ctx context.Context, s *sight) {
	d, err := shop.FindFulfil(e.pawl, s.order.ID).Describe(ctx)
	if err != nil {
		return
	}
	*s = sight{order: s.order, state: d.Status.String(), ended: d.Status.Closed()}
	if len(d.Pending) > 0 {
		op := d.Pending[0]
		s.state = op.Name[strings.LastIndex(op.Name, ".")+1:]
		s.attempt, s.trouble, s.next = op.Attempt, op.LastError, op.NextRetry
	}
}

func (e *engine) result(ctx context.Context, id string) (shop.Receipt, error) {
	return shop.FindFulfil(e.pawl, id).Result(ctx)
}

// printHistory prints the history of the workflow with this id, like pawl run show.
func (e *engine) printHistory(ctx context.Context, out io.Writer, id string) error {
	history, err := shop.FindFulfil(e.pawl, id).History(ctx)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, history)
	return err
}
