// Package annotations defines Pawl's directives: their kinds and options, with types, defaults and documentation, and
// the parser of a directive. It also fingerprints annotated source, so that a worker can detect generated code that is
// out of date.
package annotations

import (
	"strings"
	"time"
)

// Prefix is the start of every directive. There is no space after the slashes.
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
	{Activity, "//pawl:activity timeout=10s attempts=5", "a function with side effects: workers take it from a task queue; it has timeouts and retries, and its result is recorded"},
	{Step, "//pawl:step", "a short function with side effects that runs in the worker of its workflow, without a task queue; its result is recorded"},
	{Workflow, "//pawl:workflow", "a function that runs durably: each run has an id, a history and a result"},
	{Continue, "//pawl:continue", "the workflow continues as new: its run goes on with a history of its own, from the call of itself in the return statement below"},
	{Allow, "//pawl:allow PWL216 the sum does not depend on the order", "accepts findings of one rule in the statement or declaration below; the rest of the line is the reason"},
	{Pure, "//pawl:pure reads a constant table", "declares that the function below is deterministic, and skips the check of its body; the rest of the line is the reason"},
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

// Options are the values of a directive's options. A zero duration, and zero Attempts, mean no limit. An empty Name or
// Queue means the default, which is derived from the package.
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

// Pointer reports whether the name denotes a pointer type.
func (f Final) Pointer() bool { return strings.HasPrefix(string(f), "*") }

// Split returns the package qualifier, which is empty for the author's own package, and the name without a star.
func (f Final) Split() (qualifier, name string) {
	name = strings.TrimPrefix(string(f), "*")
	if i := strings.IndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}
