// A workflow that calls others.

package handwritten

import (
	"context"
	"strings"
	"time"

	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/runtime/abi"
)

// parent calls a child that has large values, leaves one that is cancelled, and abandons one when it returns.
func parent(bank *Bank) (abi.Registration, *abi.Workflow) {
	book, callBook := activity(abi.Activity{Name: "byhand.Book"}, func(ctx context.Context, in string) (string, error) {
		bank.Book(ctx, in[:1])
		return in + in, nil
	})
	child := workflow("byhand.Child", func(r *abi.Run, ctx context.Context, in string) (string, error) { return callBook(r, ctx, in) })
	waiting := workflow("byhand.Waiting", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		abi.Recv(r, ctx.Done())
		_, err := callBook(r, abi.WithoutCancel(r, ctx), in)
		return "", err
	})
	call := func(r *abi.Run, ctx context.Context, w *abi.Workflow, in string) (out string, err error) {
		err = abi.Child(ctx, r, w, []any{in}, nil, &out)
		return out, err
	}
	wf := workflow("byhand.Parent", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		abi.Go(r, func() { call(r, ctx, waiting, "waits") })
		out, err := call(r, ctx, child, in)
		abi.GoChild(r, func() { call(r, abi.Detached(ctx), child, "late") })
		abi.GoChild(r, func() { call(r, ctx, child, "never") })
		return out, err
	})
	m := registration(wf, book)
	m.Workflows = append(m.Workflows, child, waiting)
	return m, wf
}

func testParent(e *pawltest.Env) {
	bank := &Bank{}
	m, wf := parent(bank)
	e.Effects(bank.State)
	e.Work(m)
	in := strings.Repeat("x", 160<<10)
	var out string
	if err := start(e, wf, "order-1", in).Wait(e.Context(), &out); out != in+in || err != nil {
		e.Errorf("got %d bytes, %v", len(out), err)
	}
	time.Sleep(time.Minute) // for the children that are left
}
