// This file finds the operation that is due next.

package replay

import (
	"cmp"
	"container/heap"
	"time"
)

// dues is a heap of the operations that end at a known time: the one that is due next is the first, and of several, the
// one that was created first.
type dues []*operation

func (d dues) Len() int { return len(d) }

func (d dues) Less(i, j int) bool {
	return cmp.Or(d[i].due.Compare(d[j].due), cmp.Compare(d[i].order, d[j].order)) < 0
}

func (d dues) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].place, d[j].place = i+1, j+1
}

func (d *dues) Push(op any) {
	*d = append(*d, op.(*operation))
	op.(*operation).place = len(*d)
}

func (d *dues) Pop() any {
	last := len(*d) - 1
	op := (*d)[last]
	(*d)[last], *d = nil, (*d)[:last]
	op.place = 0
	return op
}

// set puts an operation into its place, after its due time was set or has changed. One that is never due stays out.
func (d *dues) set(op *operation, due time.Time) {
	op.due = due
	switch {
	case due.IsZero():
	case op.place > 0:
		heap.Fix(d, op.place-1)
	default:
		heap.Push(d, op)
	}
}

// remove removes an operation, if it is there.
func (d *dues) remove(op *operation) {
	if op.place > 0 {
		heap.Remove(d, op.place-1)
	}
}
