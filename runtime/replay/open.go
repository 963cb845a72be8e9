package replay

import "github.com/pawlhq/pawl/runtime/history"

// openList holds the operations that have no outcome yet, in the order in which they were made. The zero value is empty.
type openList struct {
	byID        map[history.OpID]*operation
	first, last *operation
}

// add enters an operation. A timer may be entered after operations that are younger than it.
func (l *openList) add(op *operation) {
	if l.byID == nil {
		l.byID = map[history.OpID]*operation{}
	}
	l.byID[op.id] = op
	before := l.last
	for before != nil && before.order > op.order {
		before = before.prev
	}
	op.prev = before
	if before == nil {
		op.next, l.first = l.first, op
	} else {
		op.next, before.next = before.next, op
	}
	if op.next == nil {
		l.last = op
	} else {
		op.next.prev = op
	}
}

// remove takes an operation out, if it is in.
func (l *openList) remove(op *operation) {
	if l.byID[op.id] != op {
		return
	}
	delete(l.byID, op.id)
	if op.prev == nil {
		l.first = op.next
	} else {
		op.prev.next = op.next
	}
	if op.next == nil {
		l.last = op.prev
	} else {
		op.next.prev = op.prev
	}
	op.prev, op.next = nil, nil
}
