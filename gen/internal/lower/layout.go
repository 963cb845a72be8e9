// This file formats copies. Their names are longer and their calls have more arguments, so that a line of the author may
// need several lines.

package lower

import (
	"bytes"
	"fmt"
	"go/format"
	"go/scanner"
	"go/token"
	"strings"
)

// layout formats the copy of a function that begins at a line of a file. Where a line of the copy is not the author's
// next one, a line directive says which it is.
func layout(text, file string, line int) string {
	formatted, err := format.Source([]byte(text))
	if err != nil {
		return text // which does not compile, as verification will say
	}
	was, is := lines([]byte(text)), lines(formatted)
	if len(was) != len(is) {
		return text // formatting took something away; that happens to no text that was formatted before
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

// lines gives, for each token that formatting neither adds nor takes away, the line that it begins on, counted from 0.
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
