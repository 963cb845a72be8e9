// Package updates has a workflow that answers requests: immediately, later, with errors, and from goroutines.
package updates

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

var (
	// ErrEmpty is the error of a title without letters. It is found before the update is recorded.
	ErrEmpty = errors.New("empty title")
	// ErrTaken is the error of a title that the document had before.
	ErrTaken = errors.New("title taken")
)

// Title is a new title.
type Title string

// Validate implements the interface that updates look for.
func (t Title) Validate() error {
	if t == "" {
		return ErrEmpty
	}
	return nil
}

// Document has a title that updates change, and waits for a review.
//
//pawl:workflow
func Document(ctx context.Context, title Title, retitle <-chan pawl.Request[Title, int], review <-chan pawl.Request[string, string], done <-chan pawl.Request[struct{}, struct{}]) (string, error) {
	titles := []Title{title}
	var reviews []pawl.Request[string, string]
	for {
		select {
		case req := <-retitle:
			if err := add(&titles, req.In); err != nil {
				req.Reject(fmt.Errorf("cannot change the title: %w", err))
				continue
			}
			req.Reply(len(titles))
		case req := <-review:
			reviews = append(reviews, req)
			if len(reviews) == 2 {
				go answer(reviews[0], titles)
			}
		case req := <-done:
			time.Sleep(time.Minute)
			req.Reply(struct{}{})
			return fmt.Sprint(titles, len(reviews)), nil
		}
	}
}

func add(titles *[]Title, next Title) error {
	for _, t := range *titles {
		if t == next {
			return ErrTaken
		}
	}
	*titles = append(*titles, next)
	return nil
}

// answer answers a review after some time.
func answer(req pawl.Request[string, string], titles []Title) {
	time.Sleep(30 * time.Second)
	req.Reply(fmt.Sprintf("%s approves of %s", req.In, titles[len(titles)-1]))
}
