// Acceptances: what the author vouches for in place of the checker.

package gen

import (
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/check"
)

// Acceptance is one //pawl:allow or //pawl:pure, with its reason and the findings that it accepts.
type Acceptance check.Acceptance

// Format returns the acceptance as text. File names under dir are relative to it; if dir is empty, all are absolute.
func (a Acceptance) Format(dir string) string {
	var b strings.Builder
	at := a.Pos
	at.Filename = diag.Rel(at.Filename, dir)
	fmt.Fprintf(&b, "%s: %s: %s\n", at, a.Directive(), a.Reason)
	for _, d := range a.Accepts {
		d.Pos.Filename = diag.Rel(d.Pos.Filename, dir)
		fmt.Fprintf(&b, "\t%s: %s\n", d.Pos, d.Message)
	}
	if len(a.Accepts) == 0 {
		b.WriteString("\tno workflow gets here\n")
	}
	return b.String()
}

// Directive returns the directive without its reason. That of a function has the function's name: "pawl:allow PWL219", "pawl:pure title".
func (a Acceptance) Directive() string {
	if a.Rule != "" {
		return "pawl:allow " + a.Rule
	}
	return "pawl:pure " + a.Func
}
