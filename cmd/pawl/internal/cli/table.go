// Tables: aligned and with a header on a terminal, tab-separated and without a header elsewhere.

package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

// Table is rows of cells under a header.
type Table struct {
	Header []string
	rows   [][]string
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Write writes the table in the form that fits w.
func (t *Table) Write(w io.Writer) error {
	if !IsTerminal(w) {
		return writeLines(w, t.rows)
	}
	aligned := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	if err := writeLines(aligned, append([][]string{t.Header}, t.rows...)); err != nil {
		return err
	}
	return aligned.Flush()
}

func writeLines(w io.Writer, rows [][]string) error {
	for _, row := range rows {
		line := make([]string, len(row))
		for i, cell := range row {
			line[i] = strings.Join(strings.FieldsFunc(cell, isControl), " ")
		}
		if _, err := fmt.Fprintln(w, strings.Join(line, "\t")); err != nil {
			return err
		}
	}
	return nil
}

// isControl reports whether a character in a cell would break its line or column.
func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// OrDash returns text if it is known, and a dash otherwise.
func OrDash(known bool, text string) string {
	if known {
		return text
	}
	return "-"
}

// IsTerminal reports whether a stream is a terminal. It also reports true for other character devices, such as
// /dev/null.
func IsTerminal(stream any) bool {
	if p, ok := stream.(*plain); ok {
		stream = p.w
	}
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
