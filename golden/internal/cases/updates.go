// This file sends the updates of golden/accept/updates, to a plain function and to a run.

package cases

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/updates"
)

// document is what a plain function and a run are asked.
type document struct {
	retitle func(title updates.Title) (int, error)
	review  func(ctx context.Context, by string) (string, error)
	done    func() error
	result  func() (string, error)
}

// plainUpdates asks a plain function.
func plainUpdates(ctx context.Context) []any {
	retitle, review := make(chan pawl.Request[updates.Title, int]), make(chan pawl.Request[string, string])
	done := make(chan pawl.Request[struct{}, struct{}])
	var out string
	var err error
	var running sync.WaitGroup
	running.Go(func() { out, err = updates.Document(ctx, "draft", retitle, review, done) })
	return ask(document{
		retitle: func(title updates.Title) (int, error) { return pawl.Ask(ctx, retitle, title) },
		review:  func(ctx context.Context, by string) (string, error) { return pawl.Ask(ctx, review, by) },
		done:    func() error { _, err := pawl.Ask(ctx, done, struct{}{}); return err },
		result:  func() (string, error) { running.Wait(); return out, err },
	})
}

// durableUpdates asks a run.
func durableUpdates(ctx context.Context, c *pawl.Client) []any {
	run := started(updates.StartDocument(ctx, c, ID, "draft"))
	return ask(document{
		retitle: func(title updates.Title) (int, error) {
			return run.Retitle(ctx, title, pawl.UpdateID("title "+string(title)+"!"))
		},
		review: func(ctx context.Context, by string) (string, error) {
			u, err := run.StartReview(ctx, by)
			if err != nil {
				return "", err
			}
			return u.Result(ctx)
		},
		done:   func() error { return run.Done(ctx) },
		result: func() (string, error) { return run.Result(ctx) },
	})
}

// ask asks for everything in turn. The first review is answered when the second one has come, which is never answered.
func ask(d document) (log []any) {
	for _, title := range []updates.Title{"final", "", "draft"} {
		time.Sleep(time.Minute)
		n, err := d.retitle(title)
		log = append(log, fmt.Sprint(n, err, errors.Is(err, updates.ErrEmpty), errors.Is(err, updates.ErrTaken)))
	}
	answered := make(chan string, 1)
	go func() {
		answer, err := d.review(context.Background(), "ann")
		answered <- fmt.Sprint(answer, err)
	}()
	time.Sleep(time.Minute)
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	_, err := d.review(ctx, "bob")
	log = append(log, errors.Is(err, context.DeadlineExceeded), <-answered)
	time.Sleep(time.Minute)
	log = append(log, fmt.Sprint(d.done()))
	out, err := d.result()
	return append(log, out, err)
}
