// The --output flag, and output as JSON.

package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Format is the value of the flag --output.
type Format string

// The formats of output.
const (
	FormatTable Format = "table"
	FormatJSON  Format = "json"
)

// Set implements the interface of flags.
func (f *Format) Set(s string) error {
	switch Format(s) {
	case FormatTable, FormatJSON:
		*f = Format(s)
		return nil
	}
	return fmt.Errorf("must be %s or %s", FormatTable, FormatJSON)
}

func (f *Format) String() string { return string(*f) }

// Type returns what help texts show as the value.
func (f *Format) Type() string { return "table|json" }

// AddFormat adds the flag --output to a command.
func AddFormat(cmd *cobra.Command) *Format {
	f := FormatTable
	cmd.Flags().VarP(&f, "output", "o", "format of the output")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return &f
}

// PrintJSON writes v as indented JSON.
func PrintJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Note writes one line for people. Errors are ignored.
func Note(w io.Writer, format string, a ...any) { fmt.Fprintf(w, format+"\n", a...) }
