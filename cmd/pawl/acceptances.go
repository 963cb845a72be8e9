// The report of pawl check --report: what the code accepts, and why.

package main

import (
	"io"
	"os"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
)

// acceptance is one entry of the report in JSON.
type acceptance struct {
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Column   int       `json:"column"`
	Rule     string    `json:"rule,omitempty"` // empty for a function marked pure: all rules
	Function string    `json:"function,omitempty"`
	Reason   string    `json:"reason"`
	Accepts  []finding `json:"accepts"`
}

// printAcceptances writes acceptances with file names relative to the current directory.
func printAcceptances(w io.Writer, f cli.Format, all []gen.Acceptance) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if f == cli.FormatJSON {
		return cli.PrintJSON(w, toReport(all, dir))
	}
	for _, a := range all {
		if _, err := io.WriteString(w, a.Format(dir)); err != nil {
			return err
		}
	}
	return nil
}

func toReport(all []gen.Acceptance, dir string) []acceptance {
	report := []acceptance{}
	for _, a := range all {
		entry := acceptance{diag.Rel(a.Pos.Filename, dir), a.Pos.Line, a.Pos.Column, a.Rule, a.Func, a.Reason, []finding{}}
		for _, d := range a.Accepts {
			entry.Accepts = append(entry.Accepts, toFinding(d, dir))
		}
		report = append(report, entry)
	}
	return report
}
