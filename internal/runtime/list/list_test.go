package list

import (
	"math/rand/v2"
	"slices"
	"testing"
)

type item struct {
	n    int
	node Node[*item]
}

// TestAgainstSlice makes random changes to a list and to a slice, which must stay equal in both directions.
func TestAgainstSlice(t *testing.T) {
	var l List[*item]
	var want []*item
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 10_000 {
		switch i := random.IntN(len(want) + 1); {
		case random.IntN(5) == 0:
			it := &item{n: n}
			l.PushBack(&it.node, it)
			want = append(want, it)
		case random.IntN(3) == 0:
			it := &item{n: n}
			var at *Node[*item]
			if i > 0 {
				at = &want[i-1].node
			}
			l.InsertAfter(&it.node, it, at)
			want = slices.Insert(want, i, it)
		case random.IntN(3) == 0:
			var first *item
			if len(want) > 0 {
				first, want = want[0], want[1:]
			}
			if got := l.PopFront(); got != first {
				t.Fatalf("popped %v, want %v", got, first)
			}
		case i < len(want):
			want[i].node.Remove()
			want[i].node.Remove() // the second time nothing happens
			if want[i].node.In() {
				t.Fatal("a node that was removed is still in a list")
			}
			want = slices.Delete(want, i, i+1)
		}
		check(t, &l, want)
	}
}

func check(t *testing.T, l *List[*item], want []*item) {
	t.Helper()
	var forward, backward []*item
	for n := l.First(); n != nil; n = n.Next() {
		forward = append(forward, n.Value)
	}
	for n := l.Last(); n != nil; n = n.Prev() {
		backward = append(backward, n.Value)
	}
	slices.Reverse(backward)
	if !slices.Equal(forward, want) || !slices.Equal(backward, want) || l.Empty() != (len(want) == 0) {
		t.Fatalf("%d values forward, %d backward, want %d", len(forward), len(backward), len(want))
	}
}

func TestOneListAtATime(t *testing.T) {
	var a, b List[int]
	var n Node[int]
	a.PushBack(&n, 1)
	defer func() {
		if recover() == nil {
			t.Error("a node was put into a second list")
		}
	}()
	b.PushBack(&n, 2)
}
