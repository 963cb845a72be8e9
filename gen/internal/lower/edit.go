// This file holds the text editor: edits are collected in any order and then applied together.

package lower

import (
	"cmp"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// edits are changes to one source file.
type edits struct {
	src  []byte
	base int // position of the first byte
	list []edit
	uses []use
}

// edit replaces [from, to) with text.
type edit struct {
	from, to int // offsets
	side     side
	seq      int // orders edits at one place: the earlier one is the outer one
	text     text
}

// text is what an edit writes: strings, and spans of the source with their edits.
type text []any

// span is a part of the source that moves to another place. It is written as one line.
type span struct{ from, to token.Pos }

// use is a function that is called if the source at an offset is written.
type use struct {
	at int
	do func()
}

// side is which neighbour an insertion belongs to.
type side int

const (
	afterText  side = iota // to what ends here: the inner one comes first
	beforeText             // to what begins here: the outer one comes first
	inPlace                // to the text itself
)

func (e *edits) offset(pos token.Pos) int { return int(pos) - e.base }

// after inserts text after what ends at pos.
func (e *edits) after(pos token.Pos, text ...any) { e.add(pos, pos, afterText, text) }

// before inserts text before what begins at pos.
func (e *edits) before(pos token.Pos, text ...any) { e.add(pos, pos, beforeText, text) }

// replace replaces [from, to) with text and drops all edits inside it, except in the spans of the text. The line breaks that it
// removes are added after the text.
func (e *edits) replace(from, to token.Pos, text ...any) {
	if last, ok := text[len(text)-1].(string); ok {
		if lines := e.lines(from, to); lines != "" && !strings.Contains(last, "\n") {
			text = append(text[:len(text)-1:len(text)-1], strings.TrimRight(last, " ")+lines)
		}
	}
	e.add(from, to, inPlace, text)
}

// whenWritten calls do if the source at pos is written, rather than replaced.
func (e *edits) whenWritten(pos token.Pos, do func()) {
	e.uses = append(e.uses, use{e.offset(pos), do})
}

// lines returns the line breaks in [from, to), each with the indentation of the next line.
func (e *edits) lines(from, to token.Pos) string {
	return strings.Join(breaks.FindAllString(string(e.src[e.offset(from):e.offset(to)]), -1), "")
}

var breaks = regexp.MustCompile(`\n[\t ]*`)

func (e *edits) add(from, to token.Pos, side side, text text) {
	e.list = append(e.list, edit{e.offset(from), e.offset(to), side, len(e.list), text})
}

// apply returns the text of [from, to) with its edits, without insertions that belong to the neighbours on both sides.
func (e *edits) apply(from, to token.Pos) string {
	slices.SortFunc(e.list, order)
	return e.render(e.offset(from), e.offset(to))
}

func (e *edits) render(at, end int) string {
	var b strings.Builder
	begin := at
	for _, edit := range e.list {
		if edit.from < at || edit.to > end || edit.to == begin && edit.side == afterText || edit.from == end && edit.side == beforeText {
			continue // outside, or inside of a text that was replaced
		}
		e.copy(&b, at, edit.from)
		for _, part := range edit.text {
			switch part := part.(type) {
			case string:
				b.WriteString(part)
			case span:
				b.WriteString(oneLine(e.render(e.offset(part.from), e.offset(part.to))))
			}
		}
		at = edit.to
	}
	e.copy(&b, at, end)
	return b.String()
}

// copy writes a part of the source that has no edits.
func (e *edits) copy(b *strings.Builder, from, to int) {
	b.Write(e.src[from:to])
	for _, u := range e.uses {
		if from <= u.at && u.at < to {
			u.do()
		}
	}
}

// oneLine joins the lines of an expression. Comments are left out.
func oneLine(src string) string {
	if !strings.Contains(src, "\n") {
		return src
	}
	var b strings.Builder
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), nil, 0)
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return strings.TrimSuffix(b.String(), "; ")
		case tok == token.SEMICOLON:
			lit = ";"
		case tok == token.STRING && strings.Contains(lit, "\n"):
			lit = strconv.Quote(strings.ReplaceAll(strings.Trim(lit, "`"), "\r", ""))
		case lit == "":
			lit = tok.String()
		}
		b.WriteString(lit + " ")
	}
}

func order(a, b edit) int {
	inner := cmp.Compare(a.seq, b.seq)
	if a.side == afterText {
		inner = -inner
	}
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.side, b.side), inner)
}
