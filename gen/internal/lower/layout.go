// This file formats copies. Their names are longer and their calls have more arguments, so a line of the original may need
// several lines in the copy.

package lower

import (
	"bytes"
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"strings"
)

// layout formats the copy of a function that begins at the given line of a file. Where the lines of the copy and of the
// original do not correspond any more, it inserts a line directive.
func layout(text, file string, line int) string {
	formatted, err := format.Source([]byte(text))
	if err != nil {
		return text // verification reports that it does not compile
	}
	was, is := lines([]byte(text)), lines(formatted)
	if len(was) != len(is) {
		return text // formatting removed a token, which does not happen to text that was formatted before
	}
	var b strings.Builder
	shift, next := 0, 0
	for i, content := range bytes.SplitAfter(formatted, []byte("\n")) {
		if next < len(is) && is[next] == i {
			if moved := was[next] - i; moved != shift {
				fmt.Fprintf(&b, "//line %s:%d:1\n", file, line+was[next])
				shift = moved
			}
		}
		for next < len(is) && is[next] <= i {
			next++
		}
		b.Write(content)
	}
	return b.String()
}

// lines returns the line on which each token begins, counted from 0. It omits commas and semicolons, which formatting may
// add or remove.
func lines(text []byte) (list []int) {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	for {
		switch pos, tok, _ := s.Scan(); tok {
		case token.EOF:
			return list
		case token.SEMICOLON, token.COMMA:
		default:
			list = append(list, file.Line(pos)-1)
		}
	}
}
