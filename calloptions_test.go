// Tests of the options of calls, and of children.

package pawl_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/abi"
)

// family has a workflow that does something, and another one that it may call.
func family(parent func(ctx context.Context, r *abi.Run, call stub) (string, error), child func(ctx context.Context, r *abi.Run, in string) (string, error)) (pawl.Registration, *abi.Workflow) {
	children := workflow(child)
	callee := children.Workflows[0]
	callee.Name = "test.Child"
	all := workflow(func(ctx context.Context, r *abi.Run, _ string) (string, error) {
		return parent(ctx, r, func(ctx context.Context, r *abi.Run, in string) (out string, err error) {
			err = abi.Child(ctx, r, callee, []any{in}, nil, &out)
			return out, err
		})
	})
	all.Workflows = append(all.Workflows, callee)
	return all, callee
}

func TestDetached(t *testing.T) {
	plain, cancel := context.WithCancel(context.Background())
	detached := pawl.Detached(plain)
	cancel()
	if detached.Err() != nil || detached.Done() != nil {
		t.Errorf("ended with its parent: %v", detached.Err())
	}
	both, callee := family(func(ctx context.Context, r *abi.Run, call stub) (string, error) {
		for _, ctx := range []context.Context{pawl.Detached(ctx), ctx} {
			abi.GoChild(r, func() { call(ctx, r, "x") })
		}
		abi.Go(r, func() { call(ctx, r, "waited for") })
		abi.Sleep(r, time.Minute)
		abi.GoChild(r, func() { call(pawl.Detached(ctx), r, "late") })
		return "done", nil
	}, func(ctx context.Context, r *abi.Run, in string) (string, error) {
		abi.Sleep(r, time.Hour)
		return in, ctx.Err()
	})
	bubble(t, both, func(e *engine) {
		parent := e.start("w", "")
		if got := e.result(parent); got != "done" {
			t.Fatalf("got %q", got)
		}
		id := "w/" + parent.RunID() + "/"
		for _, c := range []struct {
			id        string
			cancelled bool
		}{{id + "0.0/1", false}, {id + "0.1/1", true}, {id + "0.2/1", true}, {id + "0.3/1", false}} {
			err := e.Run(callee, c.id).Wait(context.Background())
			if cancelled := errors.Is(err, context.Canceled); cancelled != c.cancelled || !cancelled && err != nil {
				t.Errorf("child %s: %v", c.id, err)
			}
		}
	})
}

func TestCallOptions(t *testing.T) {
	ctx := context.Background()
	if pawl.With(ctx, nil).Value("x") != nil || pawl.With(ctx).Err() != nil {
		t.Error("a context with options is another one")
	}
	both, callee := family(func(ctx context.Context, r *abi.Run, call stub) (string, error) {
		ctx = pawl.With(ctx, pawl.OnClose(pawl.CloseTerminate), pawl.Queue("nowhere"))
		abi.Go(r, func() {
			call(pawl.With(ctx, pawl.ChildID("abandoned"), pawl.OnClose(pawl.CloseAbandon), pawl.Queue("flows")), r, "x")
		})
		abi.Go(r, func() {
			call(pawl.With(ctx, pawl.ChildID("cancelled"), pawl.OnClose(pawl.CloseCancel), pawl.Queue("flows")), r, "x")
		})
		abi.Go(r, func() { call(pawl.With(ctx, pawl.ChildID("terminated"), pawl.Queue("flows")), r, "x") })
		abi.Go(r, func() { call(pawl.With(ctx, pawl.ChildID("elsewhere")), r, "x") })
		abi.Sleep(r, time.Minute)
		return "done", nil
	}, func(ctx context.Context, r *abi.Run, in string) (string, error) {
		abi.Sleep(r, time.Hour)
		return in, ctx.Err()
	})
	bubble(t, both, func(e *engine) {
		if got := e.result(e.start("w", "")); got != "done" {
			t.Fatalf("got %q", got)
		}
		for id, want := range map[string]pawl.Status{
			"abandoned": pawl.StatusCompleted, "cancelled": pawl.StatusCancelled, "terminated": pawl.StatusTerminated,
		} {
			run := e.Run(callee, id)
			_ = run.Wait(ctx)
			if d, err := run.Describe(ctx); err != nil || d.Status != want {
				t.Errorf("child %s: %v, %v", id, d, err)
			}
		}
		if d, err := e.Run(callee, "elsewhere").Describe(ctx); err != nil || d.Status != pawl.StatusWaiting || d.Queue != "nowhere" {
			t.Errorf("a child on a queue without workers: %v, %v", d, err)
		}
	})
}

func TestUnknownClosePolicy(t *testing.T) {
	both, _ := family(func(ctx context.Context, r *abi.Run, call stub) (string, error) {
		return call(pawl.With(ctx, pawl.OnClose(7)), r, "x")
	}, func(ctx context.Context, r *abi.Run, in string) (string, error) { return in, nil })
	bubble(t, both, func(e *engine) {
		if err := e.wait(e.start("w", "")); err == nil || !strings.Contains(err.Error(), "close policy is 7: use pawl.CloseCancel") {
			t.Errorf("got %v", err)
		}
	})
}
