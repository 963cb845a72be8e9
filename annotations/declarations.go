// This file finds the declarations of a Go file for fingerprints. It reads tokens instead of a syntax tree, because
// workers take fingerprints, too, and should not link a parser.

package annotations

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// lexeme is one token of a file.
type lexeme struct {
	tok        token.Token
	text       string // of an identifier
	offset     int
	directives []string // in the comment directly above it
}

// lex returns the tokens of a file, ending with token.EOF.
func lex(src []byte) ([]lexeme, error) {
	var errs scanner.ErrorList
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, errs.Add, scanner.ScanComments)
	var all []lexeme
	var above comments
	line := 0 // on which the previous token ends
	for {
		pos, tok, lit := s.Scan()
		at := file.Line(pos)
		if tok == token.COMMENT {
			if at != line { // otherwise it belongs to the previous token
				above.add(lit, at)
			}
			continue
		}
		l := lexeme{tok: tok, text: lit, offset: file.Offset(pos)}
		if above.end+1 == at {
			l.directives = above.directives
		}
		all, above = append(all, l), comments{}
		line = at + strings.Count(strings.TrimSuffix(lit, "\n"), "\n")
		if tok == token.EOF {
			return append(all, l, l, l), errs.Err() // so that looking ahead needs no checks
		}
	}
}

// comments is a group of comments without an empty line between them.
type comments struct {
	directives []string
	end        int // line on which the last one ends
}

func (c *comments) add(text string, line int) {
	if line > c.end+1 {
		c.directives = nil
	}
	c.end = line + strings.Count(text, "\n")
	if strings.HasPrefix(text, Prefix) {
		c.directives = append(c.directives, text)
	}
}

// until returns the index of the first token from i on, outside of brackets, for which stop holds.
func until(all []lexeme, i int, stop func(i int) bool) int {
	for depth := 0; all[i].tok != token.EOF; i++ {
		if depth == 0 && stop(i) {
			return i
		}
		switch all[i].tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
	}
	return i
}

// declarationEnd returns the index of the token after the declaration, specification or method that begins at i.
func declarationEnd(all []lexeme, i int) int {
	return until(all, i, func(i int) bool {
		return slices.Contains([]token.Token{token.SEMICOLON, token.RPAREN, token.RBRACE}, all[i].tok)
	})
}

// signatureEnd returns the index of the token after the signature of the function that begins at i.
func signatureEnd(all []lexeme, i int) int {
	return until(all, i, func(i int) bool {
		if all[i].tok != token.LBRACE {
			return all[i].tok == token.SEMICOLON
		}
		return all[i-1].tok != token.STRUCT && all[i-1].tok != token.INTERFACE
	})
}

// functionName returns the name of the function that begins at i, as fingerprints use it: Checkout, Flow.Deliver,
// (*Payments).Refund.
func functionName(all []lexeme, i int) string {
	if all[i+1].tok != token.LPAREN {
		return all[i+1].text
	}
	end := until(all, i+2, func(i int) bool { return all[i].tok == token.RPAREN })
	name, pointer := all[end+1].text, false
	t := i + 2
	if all[t].tok == token.IDENT && all[t+1].tok != token.LBRACK && t+1 < end {
		t++ // the receiver's name
	}
	if all[t].tok == token.MUL {
		pointer = true
		t++
	}
	switch {
	case all[t].tok != token.IDENT:
		return name
	case pointer:
		return "(*" + all[t].text + ")." + name
	}
	return all[t].text + "." + name
}
