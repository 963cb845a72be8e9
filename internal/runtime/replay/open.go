package replay

import "github.com/pawlhq/pawl/internal/runtime/history"

// openList holds the operations that have no outcome yet, in the order in which they were made. A timer that nothing waits
// for is known by its id, and left out of the order: a loop that makes one in each turn must not have to walk past all of
// them. The zero value is empty.
type openList struct {
	byID        map[history.OpID]*operation
	first, last *operation
}

// add enters an operation.
func (l *openList) add(op *operation) {
	if l.byID == nil {
		l.byID = map[history.OpID]*operation{}
	}
	l.byID[op.id] = op
	l.line(op)
}

// line puts an open operation into the order, if it is not there. A timer may come after operations that are younger.
func (l *openList) line(op *operation) {
	if op.inLine {
		return
	}
	op.inLine = true
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
	l.unline(op)
}

// prune leaves out of the order what nothing waits for.
func (l *openList) prune() {
	for op := l.first; op != nil; {
		next := op.next
		if !op.waitedFor() {
			l.unline(op)
		}
		op = next
	}
}

// unline takes an operation out of the order, if it is there.
func (l *openList) unline(op *operation) {
	if !op.inLine {
		return
	}
	op.inLine = false
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
