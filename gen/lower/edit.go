package lower

import (
	"cmp"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// This file is the text editor: edits are collected in any order, and applied at once.

// edits are changes to one source text.
type edits struct {
	src  []byte
	base int // position of the first byte
	list []edit
}

// edit puts text in the place of [from, to).
type edit struct {
	from, to int // offsets
	side     side
	seq      int // orders edits at one place: who came first is the outer one
	text     string
}

// side is which neighbour an insertion belongs to.
type side int

const (
	afterText  side = iota // to what ends here: the inner one stands first
	beforeText             // to what begins here: the outer one stands first
	inPlace                // to the text itself
)

func (e *edits) offset(pos token.Pos) int { return int(pos) - e.base }

// after inserts text behind what ends at pos.
func (e *edits) after(pos token.Pos, text string) { e.add(pos, pos, afterText, text) }

// before inserts text in front of what begins at pos.
func (e *edits) before(pos token.Pos, text string) { e.add(pos, pos, beforeText, text) }

// replace puts text in the place of [from, to) and drops all edits inside of it. The lines that it takes away come
// back behind the text.
func (e *edits) replace(from, to token.Pos, text string) {
	if lines := e.lines(from, to); lines != "" && !strings.Contains(text, "\n") {
		text = strings.TrimRight(text, " ") + lines
	}
	e.add(from, to, inPlace, text)
}

// lines are the line breaks of [from, to), each with the indentation of the line that it begins.
func (e *edits) lines(from, to token.Pos) string {
	return strings.Join(breaks.FindAllString(string(e.src[e.offset(from):e.offset(to)]), -1), "")
}

var breaks = regexp.MustCompile(`\n[\t ]*`)

func (e *edits) add(from, to token.Pos, side side, text string) {
	e.list = append(e.list, edit{e.offset(from), e.offset(to), side, len(e.list), text})
}

// apply is the text of [from, to) with its edits.
func (e *edits) apply(from, to token.Pos) string {
	slices.SortFunc(e.list, order)
	var b strings.Builder
	at, end := e.offset(from), e.offset(to)
	for _, edit := range e.list {
		if edit.from < at || edit.to > end {
			continue // outside, or inside of a text that was replaced
		}
		b.Write(e.src[at:edit.from])
		b.WriteString(edit.text)
		at = edit.to
	}
	b.Write(e.src[at:end])
	return b.String()
}

func order(a, b edit) int {
	inner := cmp.Compare(a.seq, b.seq)
	if a.side == afterText {
		inner = -inner
	}
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.side, b.side), inner)
}

// comma separates an inserted argument or parameter from the next, which may stand on another line.
func (l *lowerer) comma(pos token.Pos) string {
	if l.file.Source[l.edits.offset(pos)] == '\n' {
		return ","
	}
	return ", "
}
