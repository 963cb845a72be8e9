package main

import (
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/runtime/client"
	"github.com/pawlhq/pawl/runtime/history"
)

func TestWriteHistory(t *testing.T) {
	began := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	json := func(text string) history.Payload { return history.Payload{Encoding: "json", Data: []byte(text)} }
	ship := history.Op{Coroutine: "0", Index: 1, Pos: "shop.go:57"}
	nap := history.Op{Coroutine: "0", Index: 2, Pos: "shop.go:60"}
	h := &client.History{ID: "o1", RunID: "r1", Events: []history.Event{
		{Time: began, Body: &history.RunStarted{Type: "example.com/x.y/shop.Fulfil", Input: json(`["lamp",2]`)}},
		{Time: began, Body: &history.ActivityScheduled{Op: ship, Name: "example.com/x.y/shop.Ship", Input: json(`["` + strings.Repeat("x", 100) + `"]`)}},
		{Time: began.Add(1500 * time.Millisecond), Body: &history.ActivityCompleted{Op: ship.ID(), Outcome: history.Outcome{Attempts: 3, Failure: &history.Failure{Message: "refused"}}}},
		{Time: began.Add(1500 * time.Millisecond), Body: &history.TimerStarted{Op: nap, Due: began.Add(2 * time.Second)}},
		{Time: began.Add(2 * time.Second), Body: &history.TimerFired{Op: nap.ID()}},
		{Time: began.Add(2 * time.Second), Body: &history.RunCompleted{Result: history.Payload{Object: "big", Size: 9000000}}},
	}}
	var out strings.Builder
	if err := writeHistory(&out, h); err != nil {
		t.Fatal(err)
	}
	const want = `workflow o1  run r1  began 2026-11-01T12:00:00Z
  1  +0.000s  started             Fulfil              "lamp",2
  2  +0.000s  activity scheduled  Ship    shop.go:57  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
  3  +1.500s  activity failed     Ship                in 3 attempts  refused
  4  +1.500s  timer started       sleep   shop.go:60  until 2026-11-01T12:00:02Z
  5  +2.000s  timer fired         sleep               
  6  +2.000s  completed                               9000000 bytes in object big
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
