// Tables: aligned and with a header for people, tab-separated and without one for programs.

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/show"
)

// table is rows of cells under a header.
type table struct {
	header []string
	rows   [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write writes the table in the form that fits w.
func (t *table) write(w io.Writer) error {
	if !isTerminal(w) {
		return writeLines(w, t.rows)
	}
	aligned := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	if err := writeLines(aligned, append([][]string{t.header}, t.rows...)); err != nil {
		return err
	}
	return aligned.Flush()
}

func writeLines(w io.Writer, rows [][]string) error {
	for _, row := range rows {
		for i, cell := range row {
			row[i] = strings.Join(strings.FieldsFunc(cell, breaks), " ")
		}
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return nil
}

// breaks reports whether a character in a cell would break its line or column.
func breaks(r rune) bool { return r < ' ' || r == 0x7f }

// isTerminal reports whether people see what is written to, or read from, a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// when is a moment in a table: as seen from now for people, exact for programs.
func when(w io.Writer, t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case isTerminal(w):
		return show.Ago(t, time.Now())
	}
	return t.UTC().Format(time.RFC3339Nano)
}
