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

// The kinds of directives.
const (
	Activity Kind = "activity"
	Step     Kind = "step"
	Workflow Kind = "workflow"
	Continue Kind = "continue"
	Allow    Kind = "allow"
	Pure     Kind = "pure"
)

// KindDoc is one row of the table of directives.
type KindDoc struct {
	Kind    Kind
	Example string
	Doc     string
}

// KindTable lists every directive.
var KindTable = []KindDoc{
	{Activity, "//pawl:activity timeout=10s attempts=5", "a side effect: dispatched to a queue, timed out, retried, its result recorded"},
	{Step, "//pawl:step", "a side effect that runs inside the workflow's own worker, its result recorded, without a queue"},
	{Workflow, "//pawl:workflow", "a durable execution, with an id, a history and a result"},
	{Continue, "//pawl:continue", "the call in the return below goes on as a new run; not supported yet"},
	{Allow, "//pawl:allow PWL216 the sum does not depend on the order", "accepts one rule on the next statement or declaration, and says why"},
	{Pure, "//pawl:pure reads a constant table", "declares the function below deterministic, and says why; its body is not checked"},
}

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
