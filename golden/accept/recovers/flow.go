// Package recovers defers functions that recover, on every way on which they can be called.
package recovers

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Ways returns what was recovered.
//
//pawl:workflow
func Ways(ctx context.Context) (log []string, err error) {
	note := func(way string, f func() error) { log = append(log, fmt.Sprint(way, ": ", f())) }
	g := guard{"guard"}
	note("function", deferFunction)
	note("method", func() error { return deferMethod(g) })
	note("interface", func() error { return deferInterface(g) })
	note("not lowered", func() error { return deferInterface(plain{}) })
	note("pointer", func() error { return deferInterface(&pointed{1}) })
	note("promoted", func() error { return deferInterface(outer{g, 2}) })
	note("promoted pointer", func() error { return deferInterface(outerPointer{&pointed{2}}) })
	note("embedded interface", func() error { return deferInterface(logged{g}) })
	note("not lowered, embedded", func() error { return deferInterface(logged{plain{}}) })
	note("embedded twice", func() error { return deferInterface(&logged{logged{g}}) })
	note("promoted from embedded", func() error { return deferInterface(again{logged{g}}) })
	note("generic", func() error { return deferInterface(generic[int]{g, 1}) })
	note("hiding", func() error { return deferInterface(hiding{g}) })
	note("expression", func() error { return deferExpression(logged{g}) })
	note("struct", func() error { return deferStruct(logged{g}) })
	note("not there", func() error { return deferInterface(logged{}) })
	note("no panic", func() error { return deferCalm(logged{g}) })
	note("passes on", func() error { return deferInterface(logged{passing{g}}) })
	note("exchanged", deferExchanged)
	note("value", deferValue)
	note("method value", func() error { return deferHandler(logged{g}.handle) })
	note("interface's method value", func() error { h := handler(logged{g}); return deferHandler(h.handle) })
	note("expression's value", func() error { return deferOn(handler.handle, g) })
	note("value of an expression", func() error { return deferGuard(guard.handle, g) })
	note("results as arguments", deferBoth)
	note("results as arguments, interface", func() error { return deferBothOn(logged{g}) })
	note("passed to a goroutine", inGoroutine)
	note("in a literal", func() error { return deferLiteral(logged{g}) })
	return log, nil
}

// handler handles panics.
type handler interface{ handle(err *error) string }

// guard recovers and waits.
type guard struct{ name string }

func (g guard) handle(err *error) string {
	if r := recover(); r != nil {
		time.Sleep(time.Second)
		*err = fmt.Errorf("%s recovered %v", g.name, r)
	}
	return g.name
}

// plain recovers without waiting.
type plain struct{}

func (plain) handle(err *error) string {
	*err = fmt.Errorf("plain recovered %v", recover())
	return ""
}

type pointed struct{ n int }

func (p *pointed) handle(err *error) string {
	time.Sleep(time.Second)
	*err = fmt.Errorf("pointed %d recovered %v", p.n, recover())
	return ""
}

type outer struct {
	guard
	n int
}

type outerPointer struct{ *pointed }

// logged adds something to a handler that is not used here.
type logged struct{ handler }

type again struct{ logged }

type generic[T any] struct {
	handler
	value T
}

// hiding has a method of its own, which hides one that waits.
type hiding struct{ guard }

func (hiding) handle(err *error) string {
	*err = fmt.Errorf("hiding recovered %v", recover())
	return ""
}

// passing does not recover.
type passing struct{ guard }

func (p passing) handle(err *error) string {
	*err = fmt.Errorf("not recovered by %s", p.guard.handle(err))
	return ""
}

func deferFunction() (err error) {
	defer rescue(&err)
	panic("boom")
}

func rescue(err *error) {
	*err = fmt.Errorf("rescue recovered %v", recover())
	time.Sleep(time.Second)
}

func deferMethod(g guard) (err error) {
	defer g.handle(&err)
	panic("boom")
}

func deferInterface(h handler) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v, and then recovered %v", err, r)
		}
	}()
	defer h.handle(&err)
	panic("boom")
}

func deferExpression(l logged) (err error) {
	defer handler.handle(l, &err)
	panic("boom")
}

func deferStruct(l logged) (err error) {
	defer l.handle(&err)
	panic("boom")
}

func deferCalm(h handler) (err error) {
	defer h.handle(&err)
	return nil
}

// deferExchanged exchanges what a pointer embeds after the defer statement.
func deferExchanged() (err error) {
	l := &logged{guard{"first"}}
	var h handler = l
	defer h.handle(&err)
	l.handler = guard{"second"}
	panic("boom")
}

// deferLiteral calls what could recover if it were deferred.
func deferLiteral(h handler) (err error) {
	defer func() {
		r := recover()
		err = fmt.Errorf("literal recovered %v", r)
	}()
	defer func() { h.handle(&err) }()
	panic("boom")
}

func deferValue() (err error) {
	f := rescue
	defer f(&err)
	panic("boom")
}

func deferHandler(f func(*error) string) (err error) {
	defer f(&err)
	panic("boom")
}

func deferOn(f func(handler, *error) string, h handler) (err error) {
	defer f(h, &err)
	panic("boom")
}

func deferGuard(f func(guard, *error) string, g guard) (err error) {
	defer f(g, &err)
	panic("boom")
}

func deferBoth() (err error) {
	defer rescueNamed(both(&err))
	panic("boom")
}

func deferBothOn(h handler) (err error) {
	defer handler.handle(on(h, &err))
	panic("boom")
}

func both(err *error) (string, *error)           { return "both", err }
func on(h handler, err *error) (handler, *error) { return h, err }

func rescueNamed(name string, err *error) {
	*err = fmt.Errorf("%s recovered %v", name, recover())
	time.Sleep(time.Second)
}

// inGoroutine defers a value in a goroutine.
func inGoroutine() error {
	errs := make(chan error)
	go func() {
		var err error
		defer func() { errs <- err }()
		for _, f := range []func(*error){rescue} {
			defer f(&err)
		}
		panic("boom")
	}()
	return <-errs
}
