// Package results has inputs and results of all numbers and forms: none, several, named, variadic, structures.
package results

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Point is a result with nested and embedded fields, a type of its own and a pointer.
type Point struct {
	Name
	At    [2]float64
	Tags  map[string][]int `json:",omitempty"`
	Next  *Point           `json:"next"`
	Since time.Duration
}

// Name is embedded.
type Name struct{ First, Last string }

// Ping has neither inputs nor results.
//
//pawl:activity
func Ping(context.Context) error { return nil }

// errZero says that there is no result.
var errZero = errors.New("division by zero")

// Divide has two results, and both matter when it fails.
//
//pawl:activity final=errZero
func Divide(ctx context.Context, a, b int) (quotient, remainder int, err error) {
	if b == 0 {
		return a, a, fmt.Errorf("%d: %w", a, errZero)
	}
	return a / b, a % b, nil
}

// Points takes any number of points.
//
//pawl:activity
func Points(ctx context.Context, label string, points ...*Point) (map[string]*Point, []byte, error) {
	all := map[string]*Point{}
	for i, p := range points {
		all[fmt.Sprint(label, i)] = p
	}
	return all, []byte{0, 1, 255}, nil
}

// Collect has several results itself.
//
//pawl:workflow
func Collect(ctx context.Context, a int, divisors ...int) (list []int, last Point, raw []byte, err error) {
	if err = Ping(ctx); err != nil {
		return
	}
	for _, b := range divisors {
		q, r, err := Divide(ctx, a, b)
		if err != nil {
			q, r = -q, -r
		}
		list = append(list, q, r)
	}
	p := &Point{Name: Name{"Ada", "L"}, At: [2]float64{0.1, -1e300}, Tags: map[string][]int{"x": nil, "y": {1}}, Since: time.Minute}
	if _, _, err = Points(ctx, "none"); err != nil {
		return
	}
	points, raw, err := Points(ctx, "p", p, &Point{Next: p})
	return list, *points["p1"].Next, raw, err
}
