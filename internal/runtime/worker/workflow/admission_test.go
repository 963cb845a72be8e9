package workflow

import (
	"fmt"
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// line is an admission with little room, and the names of those it has let in.
type line struct {
	admission
	admitted []string
}

func (l *line) enter(c class, name string) place {
	return l.admission.enter(c, func() { l.admitted = append(l.admitted, name) })
}

func (l *line) expect(t *testing.T, want string) {
	t.Helper()
	if got := fmt.Sprint(l.admitted); got != want {
		t.Errorf("admitted are %s, want %s", got, want)
	}
	l.admitted = nil
}

func TestNoClassWaitsForAnotherOne(t *testing.T) {
	l := &line{admission: admission{room: 2}}
	for i := range 6 {
		l.enter(classTimer, fmt.Sprint("timer", i))
	}
	l.expect(t, "[timer0 timer1]")
	l.enter(classStart, "start0")
	l.enter(classMessage, "message0")
	l.enter(classMessage, "message1")
	for range 7 {
		l.leave()
	}
	l.expect(t, "[start0 message0 timer2 message1 timer3 timer4 timer5]")
	l.leave()
	l.leave()
	if l.contended() || l.room != 2 {
		t.Errorf("the room is %d, want 2", l.room)
	}
}

func TestActorWithANewMessageAdvances(t *testing.T) {
	l := &line{admission: admission{room: 1}}
	l.enter(classTimer, "timer0")
	for i := 1; i < 4; i++ {
		l.enter(classTimer, fmt.Sprint("timer", i))
	}
	last := l.enter(classTimer, "last")
	last = l.advance(last, classMessage)
	if last = l.advance(last, classTimer); last.class != classMessage {
		t.Errorf("it went back to class %d", last.class)
	}
	l.leave()
	l.expect(t, "[timer0 last]")
}

func TestClasses(t *testing.T) {
	for want, m := range map[class]message{
		classStart:   {delivery: &delivery{Wakeup: store.Wakeup{Start: true}}},
		classMessage: {delivery: &delivery{}},
		classTimer:   {delivery: &delivery{Wakeup: store.Wakeup{Timer: true}}},
	} {
		if got := classOf(m); got != want {
			t.Errorf("%+v is of class %d, want %d", m, got, want)
		}
	}
	if got := classOf(message{outcome: &outcome{}}); got != classMessage {
		t.Errorf("an outcome is of class %d", got)
	}
	if got := classOf(message{}); got != classTimer {
		t.Errorf("an alarm is of class %d", got)
	}
}
