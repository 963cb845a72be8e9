// How findings of the compiler are printed.

package main

import (
	"io"
	"os"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/gen/diag"
)

// finding is a diagnostic in JSON.
type finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Chain   []link `json:"chain,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

type link struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// printFindings writes diagnostics with file names relative to the current directory.
func printFindings(w io.Writer, f cli.Format, ds []diag.Diagnostic) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if f == cli.FormatTable {
		for _, d := range ds {
			if _, err := io.WriteString(w, d.Format(dir)); err != nil {
				return err
			}
		}
		return nil
	}
	findings := []finding{}
	for _, d := range ds {
		findings = append(findings, toFinding(d, dir))
	}
	return cli.PrintJSON(w, findings)
}

func toFinding(d diag.Diagnostic, dir string) finding {
	f := finding{diag.Rel(d.Pos.Filename, dir), d.Pos.Line, d.Pos.Column, d.Rule, d.Message, nil, d.Fix}
	for _, c := range d.Chain {
		f.Chain = append(f.Chain, link{diag.Rel(c.Pos.Filename, dir), c.Pos.Line, c.Pos.Column, c.Text})
	}
	return f
}
