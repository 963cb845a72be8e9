package natsstore

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestTokensAreReversible(t *testing.T) {
	seen := map[string]string{}
	for _, s := range []string{"order-81", "a.b", "a b", "*", ">", "%", "%2E", "é", "日本", "\x00\xff", "a/b\\c", "x%"} {
		tok := token(s)
		if strings.ContainsAny(tok, ". *>/\\\t\r\n") {
			t.Errorf("token %q of %q cannot be part of a subject", tok, s)
		}
		if untoken(tok) != s {
			t.Errorf("%q is unescaped as %q", s, untoken(tok))
		}
		if other, twice := seen[tok]; twice {
			t.Errorf("%q and %q have the same token", s, other)
		}
		seen[tok] = s
	}
}

// The slot of an id is part of stored subjects. Cases may be added to this test, but not changed.
func TestSlotsAreFixed(t *testing.T) {
	for id, want := range map[string]string{"order-81": "3.79", "a": "1.64", "日本": "1.36"} {
		if got := slotOf(id).String(); got != want {
			t.Errorf("the slot of %q is %s, but must stay %s", id, got, want)
		}
	}
}

func TestSlotsSpread(t *testing.T) {
	var perGroup [groups]int
	used := map[slot]bool{}
	for i := range 8000 {
		s := slotOf(fmt.Sprint("order-", i))
		perGroup[s.group]++
		used[s] = true
	}
	for g, n := range perGroup {
		if n < 800 || n > 1200 {
			t.Errorf("group %d has %d of 8000 ids", g, n)
		}
	}
	if len(used) < 1000 {
		t.Errorf("%d slots of 1024 are used", len(used))
	}
}

func TestGroupsSpreadOverWorkers(t *testing.T) {
	workers := []string{"w1", "w2", "w3", "w4"}
	for g := range groups {
		ranks := map[int]bool{}
		for i, w := range workers {
			others := append(append([]string{}, workers[:i]...), workers[i+1:]...)
			ranks[rankOf(w, others, g)] = true
		}
		if len(ranks) != len(workers) {
			t.Errorf("the workers do not agree on their ranks in group %d: %v", g, ranks)
		}
	}
	owned := 0
	const fleets = 200
	for f := range fleets {
		for g := range groups {
			if rankOf(fmt.Sprint("a", f), []string{fmt.Sprint("b", f)}, g) == 0 {
				owned++
			}
		}
	}
	if all := fleets * groups; owned < all*2/5 || owned > all*3/5 {
		t.Errorf("one of two workers owns %d groups of %d", owned, all)
	}
}

func TestBatchesAreSplit(t *testing.T) {
	var waiting []*write
	put := func(subject string, size int) {
		waiting = append(waiting, &write{msg: &nats.Msg{Subject: subject, Data: make([]byte, size)}})
	}
	for i := range 600 {
		put(fmt.Sprint("s", i%590), 10)
	}
	round, rest := split(waiting)
	if len(round) != maxBatch || len(rest) != 100 {
		t.Errorf("split 600 into %d and %d", len(round), len(rest))
	}
	if round, rest = split(rest); len(round) != 100 || len(rest) != 0 {
		t.Errorf("split the rest into %d and %d", len(round), len(rest))
	}

	waiting = nil
	put("a", 10)
	put("a", 20)
	put("b", 10)
	if round, rest = split(waiting); len(round) != 2 || len(rest) != 1 || len(rest[0].msg.Data) != 20 {
		t.Errorf("a batch has a subject twice: %d and %d", len(round), len(rest))
	}

	waiting = nil
	for i := range 3 {
		put(fmt.Sprint("s", i), maxBatchBytes)
	}
	if round, rest = split(waiting); len(round) != 1 || len(rest) != 2 {
		t.Errorf("a batch is too large: %d and %d", len(round), len(rest))
	}
}

func TestTTLNeverEndsEarly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "1s", time.Millisecond: "1s", time.Second: "1s", 1500 * time.Millisecond: "2s", 72 * time.Hour: "259200s",
		-time.Second: "1s", math.MinInt64: "1s", math.MaxInt64: "3153600000s",
	} {
		if got := ttl(d); got != want {
			t.Errorf("%v is kept for %s, want %s", d, got, want)
		}
	}
}
