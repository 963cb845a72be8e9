// Package annotations is the vocabulary that authors write: every directive and option of Pawl, its type, its default
// and its documentation, and the parser of one directive. It also fingerprints annotated source, so that a worker can
// tell that its generated code is older than the code it was generated from.
package annotations

import (
	"strings"
	"time"
)

// Prefix begins every directive; nothing may stand between the slashes and it.
const Prefix = "//pawl:"

// Kind is what a directive makes of the declaration or statement below it.
type Kind string

const (
	Activity Kind = "activity" // a side effect, dispatched to a queue, its result recorded
	Step     Kind = "step"     // a side effect run inside the workflow's worker, its result recorded
	Workflow Kind = "workflow" // a durable execution
	Continue Kind = "continue" // the call below continues the run as a new one
	Allow    Kind = "allow"    // accepts one rule on the next statement or declaration, with a reason
	Pure     Kind = "pure"     // declares a function deterministic without a check of its body, with a reason
)

// Declares reports whether a directive of the kind makes its function an activity, a step or a workflow.
func (k Kind) Declares() bool { return k == Activity || k == Step || k == Workflow }

// Directive is one parsed directive. Options that were not written have their defaults.
type Directive struct {
	Kind    Kind
	Text    string // as written, without the slashes: "pawl:activity timeout=10s"
	Options Options
	Rule    string // of allow: the rule accepted
	Reason  string // of allow and pure
}

// Options are the values of a directive's options. Zero durations mean "none", zero Attempts "for ever", an empty Name
// or Queue the default that follows from the package.
type Options struct {
	Timeout         time.Duration // of one attempt (start to close), or of a whole workflow
	ScheduleToStart time.Duration
	ScheduleToClose time.Duration
	Heartbeat       time.Duration
	Attempts        int
	Backoff         Backoff
	Final           []Final
	Queue           string
	Name            string
	Codec           string
}

// Backoff is the wait before an attempt: Min before the second one, multiplied by Factor each time, up to Max.
type Backoff struct {
	Min, Max time.Duration
	Factor   float64
}

// Final names an error that is not retried, as the author wrote it: ErrDeclined, *CardError, pkg.ErrGone.
type Final string

// Pointer reports whether the name is that of a pointer type.
func (f Final) Pointer() bool { return strings.HasPrefix(string(f), "*") }

// Split gives the package qualifier, empty for the author's own package, and the name without a star.
func (f Final) Split() (qualifier, name string) {
	name = strings.TrimPrefix(string(f), "*")
	if i := strings.IndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}
