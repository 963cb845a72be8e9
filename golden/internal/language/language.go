// Package language is the table of what each Go construct means in workflow code, with the goldens that prove each row.
// docs/language.md is generated from it.
package language

import "strings"

// Verdict says how a construct is treated in workflow code.
type Verdict string

// The verdicts.
const (
	Durable  Verdict = "durable"  // replaced by the run's own implementation
	AsIs     Verdict = "as is"    // unchanged: it is deterministic
	Recorded Verdict = "recorded" // its result is recorded in the history
	Rejected Verdict = "rejected" // by the row's rule
	Warned   Verdict = "warned"   // accepted, with a warning under the row's rule
	Detected Verdict = "detected" // accepted; the engine reports it when it happens
)

// Theme is a section of the table.
type Theme struct {
	Title string
	Intro string
	Rows  []Row
}

// Row says how one construct is treated.
type Row struct {
	Construct string // in Markdown
	Verdict   Verdict
	Rule      string // the rule that rejects it or warns about it
	Text      string // an explanation, in Markdown
	Goldens   []Golden
}

// Golden is a line of code that proves a row.
type Golden struct {
	// File is a folder in golden/accept (accept/timers), an archive in golden/reject (reject/locks), a folder in
	// golden/concurrent, or a test file, relative to the root of the repository.
	File string
	// Code is a part of a line of that file. In golden/reject it is the line that breaks the rule.
	Code string
}

// Path is the path of the golden, relative to the root of the repository.
func (g Golden) Path() string {
	switch {
	case strings.HasPrefix(g.File, "reject/"):
		return "golden/" + g.File + ".txtar"
	case strings.HasPrefix(g.File, "accept/"), strings.HasPrefix(g.File, "concurrent/"):
		return "golden/" + g.File
	}
	return g.File
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

func warned(rule, construct, text string, goldens ...string) Row {
	return row(construct, Warned, rule, text, goldens)
}

func detected(construct, text string, goldens ...string) Row {
	return row(construct, Detected, "", text, goldens)
}

// row takes goldens as pairs of a file and the code in it.
func row(construct string, verdict Verdict, rule, text string, pairs []string) Row {
	r := Row{Construct: construct, Verdict: verdict, Rule: rule, Text: text}
	for i := 0; i < len(pairs); i += 2 {
		r.Goldens = append(r.Goldens, Golden{File: pairs[i], Code: pairs[i+1]})
	}
	return r
}
