// This file limits how many actors work at the same time. All of them write to the same streams, which store one message
// after the other: if 10,000 timers fired at the same time, and all their runs wrote, each write of a new run would wait
// behind theirs.

package workflow

import "container/list"

// workingMax is how many actors of a worker work at the same time. The streams are busy with far fewer.
const workingMax = 256

// class is what an actor that waits to work has to do.
type class int

const (
	classStart   class = iota // a run starts
	classMessage              // something else has arrived: an outcome, a request
	classTimer                // something is due
	classes
)

// classOf returns the class of an actor with a message.
func classOf(m message) class {
	switch d := m.delivery; {
	case d != nil && d.Start:
		return classStart
	case d != nil && d.Timer, m.isWake():
		return classTimer
	}
	return classMessage
}

// admission lets actors work, while there is room, and else has them wait in one line for each class. The lines take
// turns, so that no class waits for a storm of another one to be over.
type admission struct {
	room  int
	lines [classes]list.List // of func(), which starts to work
	turn  class              // the line whose turn is next
}

// place is where an actor waits. The zero value is nowhere.
type place struct {
	class   class
	element *list.Element
}

func newAdmission() admission { return admission{room: workingMax} }

// enter calls start immediately if there is room, and else when there is. It returns where the actor waits.
func (a *admission) enter(c class, start func()) place {
	if a.room == 0 {
		return place{c, a.lines[c].PushBack(start)}
	}
	a.room--
	start()
	return place{}
}

// advance has an actor that waits go to the line of a class that is served before its own.
func (a *admission) advance(p place, to class) place {
	if p.element == nil || to >= p.class {
		return p
	}
	return place{to, a.lines[to].PushBack(a.lines[p.class].Remove(p.element))}
}

// leave gives the room of an actor to the next one that waits.
func (a *admission) leave() {
	for range classes {
		line := &a.lines[a.turn]
		a.turn = (a.turn + 1) % classes
		if first := line.Front(); first != nil {
			line.Remove(first).(func())()
			return
		}
	}
	a.room++
}

// contended reports whether actors wait.
func (a *admission) contended() bool { return a.room == 0 }
