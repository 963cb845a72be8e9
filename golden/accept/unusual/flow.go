// Package unusual does what looks wrong at first: each of its lines has a neighbour in golden/reject/neighbours that is wrong.
package unusual

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:generate go tool pawl generate

type group struct{ next *group }

type key struct{}

func logf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// shouter has an Error that is not the method of an error.
type shouter struct{ lines int }

func (s *shouter) Error(args ...any) {
	slog.Info(fmt.Sprint(args...))
	s.lines++
}

func keys[K comparable, V any](m map[K]V) (all []K) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

func kind(v any) string {
	switch x := v.(type) {
	case int, int64:
		return fmt.Sprint("number ", x)
	case chan int:
		return fmt.Sprint("channel of ", cap(x))
	}
	return "other"
}

// Order has a method that no template calls.
type Order struct {
	ID   string
	Made time.Time
}

// Age needs the run.
func (o Order) Age() time.Duration { return time.Since(o.Made) }

var letter = template.Must(template.New("letter").Parse("Dear {{.ID}}"))

//go:embed rates.json
var rates []byte

var logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))

var table map[string]int

func init() { fill() }

func fill() { table = map[string]int{"a": 1} }

// Work works.
//
//pawl:activity
func Work(ctx context.Context, n int) (int, error) { return n * n, nil }

// Count counts what it has made.
//
//pawl:workflow
func Count(ctx context.Context, name string) (string, error) {
	square, err := Work(ctx, 3)
	if err != nil {
		return "", err
	}
	g := &group{next: &group{}}
	within, cancel := context.WithCancel(context.WithValue(ctx, key{}, g))
	cancel()
	s := &shouter{}
	s.Error("no stock of", square)
	names := keys(map[string]int{"b": 1, "a": 2})
	slices.Sort(names)
	var text strings.Builder
	prices, more := map[string]int{}, map[string]int{}
	err = errors.Join(
		letter.Execute(&text, Order{ID: name}),
		json.Unmarshal(rates, &prices),
		json.NewDecoder(bytes.NewReader(rates)).Decode(&more),
	)
	logger.Info("counted", "square", square)
	time.Sleep(time.Minute)
	return fmt.Sprint(
		logf("stopped: %v; ", within.Err()), logf("kind %T; ", g), s.lines, names, kind(square), kind(make(chan int, 2)),
		text.String(), prices["a"], more["b"], table["a"],
	), err
}
