// Package language is the table of what Pawl makes of Go in workflow code: row by row, with the goldens that show it.
// docs/language.md is written from it.
package language

import "strings"

// Verdict is what becomes of a construct in workflow code.
type Verdict string

// The verdicts.
const (
	Durable  Verdict = "durable"  // the run's own is put in its place
	AsIs     Verdict = "as it is" // it is the same on every replay, or it belongs to the author alone
	Recorded Verdict = "recorded" // its result is kept in the history
	Rejected Verdict = "rejected" // by the rule of the row
	Remarked Verdict = "remarked" // accepted, with a remark under the rule of the row
	Found    Verdict = "found"    // accepted; the engine says so when it happens
)

// Theme is a part of the table.
type Theme struct {
	Title string
	Intro string
	Rows  []Row
}

// Row says what becomes of one construct.
type Row struct {
	Construct string // in Markdown
	Verdict   Verdict
	Rule      string // that rejects it or remarks on it
	Text      string // what it means, in Markdown
	Goldens   []Golden
}

// Golden is a place that shows what a row says.
type Golden struct {
	// File is a folder of golden/accept (accept/timers), an archive of golden/reject (reject/locks), a folder of
	// golden/concurrent, or else a test, by its path from the root of the repository.
	File string
	// Code is in a line of it. In an archive of golden/reject it is the line that breaks the rule.
	Code string
}

// Path is where the golden is, from the root of the repository.
func (g Golden) Path() string {
	switch {
	case strings.HasPrefix(g.File, "reject/"):
		return "golden/" + g.File + ".txtar"
	case strings.HasPrefix(g.File, "accept/"), strings.HasPrefix(g.File, "concurrent/"):
		return "golden/" + g.File
	}
	return g.File
}

// Table is the language, by theme.
func Table() []Theme {
	return []Theme{clock, contexts, chance, goroutines, locks, collections, state, code, calls, annotations}
}

func durable(construct, text string, goldens ...string) Row {
	return row(construct, Durable, "", text, goldens)
}

func asIs(construct, text string, goldens ...string) Row {
	return row(construct, AsIs, "", text, goldens)
}

func recorded(construct, text string, goldens ...string) Row {
	return row(construct, Recorded, "", text, goldens)
}

func rejected(rule, construct, text string, goldens ...string) Row {
	return row(construct, Rejected, rule, text, goldens)
}

func remarked(rule, construct, text string, goldens ...string) Row {
	return row(construct, Remarked, rule, text, goldens)
}

func found(construct, text string, goldens ...string) Row {
	return row(construct, Found, "", text, goldens)
}

// row takes goldens as pairs of a file and the code in it.
func row(construct string, verdict Verdict, rule, text string, pairs []string) Row {
	r := Row{Construct: construct, Verdict: verdict, Rule: rule, Text: text}
	for i := 0; i < len(pairs); i += 2 {
		r.Goldens = append(r.Goldens, Golden{File: pairs[i], Code: pairs[i+1]})
	}
	return r
}
