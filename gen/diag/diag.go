// Package diag is a finding of the compiler as a plain value: where, which rule, why, by which calls it is reached, and
// what to write instead.
package diag

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// Rule is one thing that the compiler checks. IDs are stable: they are what authors accept by name.
type Rule struct {
	ID    string // PWL101
	Title string // a few words
	Doc   string // for pawl explain: what is wrong, why, and what to write instead
}

// Diagnostic is one finding.
type Diagnostic struct {
	Pos     token.Position // in the author's file; the file's name is absolute
	Rule    string         // the rule's ID
	Message string         // what and why, one line, lower case, no full stop
	Chain   []Call         // from the workflow to the place, outermost first, and on into another module to the cause
	Fix     string         // what to write instead, one or more lines; empty if the message says it
}

// Call is one link of the chain that leads from a workflow to the place of a finding.
type Call struct {
	Pos  token.Position
	Text string // "Checkout calls ship"
}

// String is the finding with file names as they are.
func (d Diagnostic) String() string { return d.Format("") }

// Format prints the finding with file names relative to dir where they are under it; an empty dir leaves them absolute.
func (d Diagnostic) Format(dir string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s [%s]\n", position(d.Pos, dir), d.Message, d.Rule)
	for _, c := range d.Chain {
		fmt.Fprintf(&b, "\t%s: %s\n", position(c.Pos, dir), c.Text)
	}
	for line := range strings.Lines(d.Fix) {
		fmt.Fprintf(&b, "\t%s\n", strings.TrimRight(line, "\n"))
	}
	return b.String()
}

// position prints p the way compilers do.
func position(p token.Position, dir string) string {
	p.Filename = Rel(p.Filename, dir)
	return p.String()
}

// Rel is file as seen from dir if it lies below it, else file itself.
func Rel(file, dir string) string {
	if dir == "" {
		return file
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil || !filepath.IsLocal(rel) {
		return file
	}
	return rel
}

// Sort orders findings by place, then by rule and text, and drops repetitions.
func Sort(ds []Diagnostic) []Diagnostic {
	slices.SortFunc(ds, compare)
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool { return compare(a, b) == 0 })
}

func compare(a, b Diagnostic) int {
	return cmp.Or(
		byPlace(a.Pos, b.Pos),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Message, b.Message),
	)
}

// CompareChains orders chains by length, and those of one length by where their calls stand.
func CompareChains(a, b []Call) int {
	return cmp.Or(
		cmp.Compare(len(a), len(b)),
		slices.CompareFunc(a, b, func(a, b Call) int { return byPlace(a.Pos, b.Pos) }),
	)
}

func byPlace(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
