// This file keeps the limits of the operations of a run that the owner of the run watches.

package workflow

import (
	"cmp"
	"container/heap"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// limits holds what happens to open operations if they have no outcome by some time. The zero value is empty.
type limits struct {
	heap  limitHeap
	byOp  map[history.OpID][]*limit
	added uint64
}

// limit is one limit of an operation.
type limit struct {
	due
	order uint64 // of addition
	place int    // in the heap; -1 if it has been removed
}

// add adds the limits of an operation.
func (ls *limits) add(op history.OpID, dues []due) {
	for _, d := range dues {
		if ls.byOp == nil {
			ls.byOp = map[history.OpID][]*limit{}
		}
		l := &limit{due: d, order: ls.added}
		ls.added++
		ls.byOp[op] = append(ls.byOp[op], l)
		heap.Push(&ls.heap, l)
	}
}

// next returns the limit that passes next; nil if there is none.
func (ls *limits) next() *limit {
	if len(ls.heap) == 0 {
		return nil
	}
	return ls.heap[0]
}

// pop removes the limit that passes next.
func (ls *limits) pop() { heap.Pop(&ls.heap) }

// remove removes the limits of an operation.
func (ls *limits) remove(op history.OpID) {
	for _, l := range ls.byOp[op] {
		if l.place >= 0 {
			heap.Remove(&ls.heap, l.place)
		}
	}
	delete(ls.byOp, op)
}

// limitHeap is a heap of limits: the one that passes next is the first.
type limitHeap []*limit

func (h limitHeap) Len() int { return len(h) }

func (h limitHeap) Less(i, j int) bool {
	return cmp.Or(h[i].at.Compare(h[j].at), cmp.Compare(h[i].order, h[j].order)) < 0
}

func (h limitHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *limitHeap) Push(l any) {
	l.(*limit).place = len(*h)
	*h = append(*h, l.(*limit))
}

func (h *limitHeap) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	(*h)[last], *h = nil, (*h)[:last]
	l.place = -1
	return l
}
