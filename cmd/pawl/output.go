// Output: the -o flag of commands that print data, and how diagnostics look.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/gen/diag"
)

// format is the value of -o.
type format string

const (
	formatTable format = "table"
	formatJSON  format = "json"
)

// Set, String and Type make a format the value of a flag.
func (f *format) Set(s string) error {
	switch format(s) {
	case formatTable, formatJSON:
		*f = format(s)
		return nil
	}
	return fmt.Errorf("must be %s or %s", formatTable, formatJSON)
}
func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "table|json" }

// addFormat gives a command the flag -o.
func addFormat(cmd *cobra.Command) *format {
	f := formatTable
	cmd.Flags().VarP(&f, "output", "o", "form of the output")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return &f
}

// printJSON writes a value indented.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// finding is a diagnostic as JSON has it.
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

// printFindings writes diagnostics with file names as seen from the current directory.
func printFindings(w io.Writer, f format, ds []diag.Diagnostic) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if f == formatTable {
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
	return printJSON(w, findings)
}

func toFinding(d diag.Diagnostic, dir string) finding {
	f := finding{diag.Rel(d.Pos.Filename, dir), d.Pos.Line, d.Pos.Column, d.Rule, d.Message, nil, d.Fix}
	for _, c := range d.Chain {
		f.Chain = append(f.Chain, link{diag.Rel(c.Pos.Filename, dir), c.Pos.Line, c.Pos.Column, c.Text})
	}
	return f
}
