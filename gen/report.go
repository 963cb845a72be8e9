// Report: what the author has taken over from the checker.

package gen

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// Acceptance is one //pawl:allow or //pawl:pure, with its reason and what it accepts now.
type Acceptance check.Acceptance

// Format prints an acceptance with file names relative to dir where they are under it; an empty dir leaves them absolute.
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

// Directive is the directive without its reason, for a function with its name: "pawl:allow PWL219", "pawl:pure title".
func (a Acceptance) Directive() string {
	if a.Rule != "" {
		return "pawl:allow " + a.Rule
	}
	return "pawl:pure " + a.Func
}

// accepted are the acceptances in what the user asked for.
func (c *compilation) accepted() (all []Acceptance) {
	for _, a := range c.check.Accepted {
		if slices.ContainsFunc(c.prog.Packages, func(p *gosrc.Package) bool { return p.Wanted && p.Dir == filepath.Dir(a.Pos.Filename) }) {
			all = append(all, Acceptance(a))
		}
	}
	return all
}
