// Package methods calls durable methods by selection, as values and as expressions, promoted and generic.
package methods

import (
	"context"
	"fmt"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// Mail mails.
//
//pawl:activity
func Mail(ctx context.Context, to string) (string, error) { return "mailed " + to, nil }

type base struct{ name string }

func (b base) greet(greeting string) string {
	time.Sleep(time.Second)
	return greeting + " " + b.name
}

func (b *base) rename(name string) { time.Sleep(time.Second); b.name = name }

func (b base) all(ctx context.Context, names ...string) (out []string) {
	for _, n := range names {
		text, err := Mail(ctx, b.name+" to "+n)
		out = append(out, text, fmt.Sprint(err))
	}
	return out
}

// deep has the methods of base through a pointer in a struct in a struct.
type deep struct{ middle }
type middle struct{ *base }

// pair is generic, and so are its methods.
type pair[A, B any] struct {
	a A
	b B
}

func (p *pair[A, B]) swap() *pair[B, A] { time.Sleep(time.Second); return &pair[B, A]{p.b, p.a} }

// apply is generic over functions.
func apply[T, R any](in []T, f func(T) R) (out []R) {
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

// seconds is a function type with a method.
type seconds func() time.Duration

func (s seconds) wait() string { time.Sleep(s()); return fmt.Sprint(s()) }

// Call returns what its methods did.
//
//pawl:workflow
func Call(ctx context.Context) (log []string, err error) {
	b := base{"Ada"}
	d := deep{middle{&b}}
	greet := b.greet
	d.rename("Bo")
	log = append(log, greet("hello"), d.greet("hi"), base.greet(b, "hey"), (*base).greet(&b, "oh"), deep.greet(d, "ah"))
	rename, expression := d.rename, (*base).rename
	rename("Cy")
	expression(&b, b.name+"!")
	log = append(log, apply([]string{"so", "well"}, d.greet)...)
	log = append(log, apply([]*pair[int, string]{{1, "a"}}, (*pair[int, string]).swap)[0].a)
	log = append(log, seconds(func() time.Duration { return time.Minute }).wait())
	all := d.all
	log = append(log, all(ctx, strings.Fields("x y")...)...)
	func() {
		defer d.rename("Eve")
		defer func(f func(string) string) { log = append(log, f("deferred")) }(b.greet)
	}()
	return append(log, b.name), nil
}
