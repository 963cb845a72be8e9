// Package list is a doubly linked list whose nodes are fields of the values in it. Adding and removing a value allocates
// nothing and takes constant time, and a value can be in several lists, with one node for each.
package list

// List is a list of values. The zero value is empty. It must not be copied once it has been used.
type List[T any] struct{ first, last *Node[T] }

// Node is a value's place in a list. The zero value is in none.
type Node[T any] struct {
	Value      T
	list       *List[T]
	prev, next *Node[T]
}

// First is the first node; nil if the list is empty.
func (l *List[T]) First() *Node[T] { return l.first }

// Last is the last node; nil if the list is empty.
func (l *List[T]) Last() *Node[T] { return l.last }

// Empty reports whether the list has no nodes.
func (l *List[T]) Empty() bool { return l == nil || l.first == nil }

// Next is the node after n; nil if n is the last one.
func (n *Node[T]) Next() *Node[T] { return n.next }

// Prev is the node before n; nil if n is the first one.
func (n *Node[T]) Prev() *Node[T] { return n.prev }

// In reports whether the node is in a list.
func (n *Node[T]) In() bool { return n.list != nil }

// PushBack puts n, which is in no list, at the end.
func (l *List[T]) PushBack(n *Node[T], value T) { l.InsertAfter(n, value, l.last) }

// InsertAfter puts n, which is in no list, after the node at. If at is nil, n becomes the first node.
func (l *List[T]) InsertAfter(n *Node[T], value T, at *Node[T]) {
	if n.list != nil {
		panic("list: node is in a list already")
	}
	n.Value, n.list, n.prev = value, l, at
	if at == nil {
		n.next, l.first = l.first, n
	} else {
		n.next, at.next = at.next, n
	}
	if n.next == nil {
		l.last = n
	} else {
		n.next.prev = n
	}
}

// PopFront removes the first value and returns it; the zero value if the list is empty.
func (l *List[T]) PopFront() (value T) {
	if l.Empty() {
		return value
	}
	n := l.first
	n.Remove()
	return n.Value
}

// Remove takes n out of its list. It does nothing if n is in none.
func (n *Node[T]) Remove() {
	l := n.list
	if l == nil {
		return
	}
	if n.prev == nil {
		l.first = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		l.last = n.prev
	} else {
		n.next.prev = n.prev
	}
	n.list, n.prev, n.next = nil, nil, nil
}
