package abi_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/pawlhq/pawl/runtime/abi"
)

func ordered[K comparable, V any](m map[K]V) string {
	var list []string
	for k, v := range abi.MapAll(m) {
		list = append(list, fmt.Sprint(k, "=", v))
	}
	return fmt.Sprint(list)
}

func TestOrderOfKeys(t *testing.T) {
	type point struct {
		x int8
		y string
	}
	type name string
	for _, test := range []struct{ got, want string }{
		{ordered(map[bool]int{true: 1, false: 0}), "[false=0 true=1]"},
		{ordered(map[int]int{3: 1, -20: 2, 0: 3}), "[-20=2 0=3 3=1]"},
		{ordered(map[uint8]int{200: 1, 3: 2}), "[3=2 200=1]"},
		{ordered(map[float64]int{2: 1, math.Inf(-1): 2, math.NaN(): 3}), "[NaN=3 -Inf=2 2=1]"},
		{ordered(map[complex128]int{1 + 2i: 1, 1 - 2i: 2, 0: 3}), "[(0+0i)=3 (1-2i)=2 (1+2i)=1]"},
		{ordered(map[name]int{"b": 1, "a": 2, "": 3, "B": 4}), "[=3 B=4 a=2 b=1]"},
		{ordered(map[[2]int]int{{2, 1}: 1, {1, 9}: 2, {1, 2}: 3}), "[[1 2]=3 [1 9]=2 [2 1]=1]"},
		{ordered(map[point]int{{2, "a"}: 1, {1, "b"}: 2, {1, "a"}: 3}), "[{1 a}=3 {1 b}=2 {2 a}=1]"},
		{ordered(map[any]int{2: 1, nil: 2, 1: 3}), "[<nil>=2 1=3 2=1]"},
		{ordered(map[string]int(nil)), "[]"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

func TestNoOrder(t *testing.T) {
	defer func() {
		const want = "pawl: range over a map whose interface keys hold both int and string, which have no order: use keys of one type"
		if got := fmt.Sprint(recover()); got != want && got != "pawl: range over a map whose interface keys hold both string and int, which have no order: use keys of one type" {
			t.Errorf("got %s, want %s", got, want)
		}
	}()
	ordered(map[any]int{1: 1, "a": 2})
}

func TestMapChangesOnTheWay(t *testing.T) {
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	var got []string
	for k, v := range abi.MapAll(m) {
		got = append(got, fmt.Sprint(k, v))
		delete(m, "b")
		m["c"] = 30
		m["d"] = 4
	}
	if want := []string{"a1", "c30"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNextLeavesVariablesAlone(t *testing.T) {
	k, v, it := abi.MapEntries(map[string]int{"a": 1})
	if k != "" || v != 0 {
		t.Errorf("begins with %q, %d", k, v)
	}
	if !it.Next(&k, nil) || k != "a" || v != 0 {
		t.Errorf("then has %q, %d", k, v)
	}
	if it.Next(&k, &v) || k != "a" || v != 0 {
		t.Errorf("ends with %q, %d", k, v)
	}
}

// TestClearedOnTheWay clears a map whose keys cannot be found in it.
func TestClearedOnTheWay(t *testing.T) {
	m := map[float64]int{math.NaN(): 1, math.Copysign(math.NaN(), -1): 2}
	rounds := 0
	for range abi.MapAll(m) {
		rounds++
		m[1] = 3
		clear(m)
	}
	if rounds != 1 {
		t.Errorf("%d rounds, want 1: the map was cleared in the first", rounds)
	}
}
