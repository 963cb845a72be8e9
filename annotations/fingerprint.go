// This file takes fingerprints of annotated source, by which a worker detects generated code that is out of date.

package annotations

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/scanner"
	"go/token"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
)

// Fingerprints returns the fingerprints of the declarations in src, a Go file. The key of a function's directives and
// signature is its name: Checkout, (*Payments).Refund, or Stock.Reserve for a method of an interface. The key of its
// whole declaration is the name followed by {}. The key of any other declaration is its keyword and name: type Order,
// const limit, var rates. Comments and layout do not change a fingerprint.
func Fingerprints(src []byte) (map[string]string, error) {
	f, err := fingerprint(src)
	if err != nil {
		return nil, err
	}
	return f.sums, nil
}

// CompareFingerprints returns an error if a declaration in sums has changed or is missing in src, or if src has an
// annotated function that is not in sums. file is the name of the source in the error.
func CompareFingerprints(file string, src []byte, sums map[string]string) error {
	f, err := fingerprint(src)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		name := strings.TrimSuffix(key, "{}")
		switch now, ok := f.sums[key]; {
		case !ok:
			return fmt.Errorf("%s: %s was removed or renamed since code was generated: run go generate and build again", file, name)
		case now != sums[key]:
			return fmt.Errorf("%s: %s changed since code was generated: run go generate and build again", file, name)
		}
	}
	for _, name := range f.annotated {
		if sums[name] == "" && sums[name+"{}"] == "" {
			return fmt.Errorf("%s: %s was annotated since code was generated: run go generate and build again", file, name)
		}
	}
	return nil
}

// prints are the fingerprints of a file's declarations.
type prints struct {
	src       []byte
	all       []lexeme
	sums      map[string]string
	annotated []string
}

func fingerprint(src []byte) (*prints, error) {
	all, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &prints{src: src, all: all, sums: map[string]string{}}
	for i := 0; all[i].tok != token.EOF; i++ {
		switch all[i].tok {
		case token.FUNC:
			i = p.function(i)
		case token.TYPE, token.CONST, token.VAR:
			i = p.declaration(i)
		default:
			i = until(all, i, func(i int) bool { return all[i].tok == token.SEMICOLON })
		}
		if all[i].tok == token.EOF {
			break
		}
	}
	return p, nil
}

// function adds the function that begins at i, and returns the index of the token after it.
func (p *prints) function(i int) int {
	name, sig := functionName(p.all, i), signatureEnd(p.all, i)
	end := declarationEnd(p.all, sig)
	p.add(name, p.all[i].directives, i, sig)
	p.sums[name+"{}"] = p.sum(p.all[i].directives, i, end)
	return end
}

// declaration adds the types, constants or variables of the declaration that begins at i, and returns the index of the
// token after it. The constants of a group count together: they may count by iota, or repeat each other.
func (p *prints) declaration(i int) int {
	keyword, end := p.all[i].tok, declarationEnd(p.all, i)
	first, last := i+1, end
	if p.all[first].tok == token.LPAREN {
		first, last = first+1, end-1
	}
	group := p.sum(nil, i, end)
	for spec := first; spec < last; spec++ {
		from, to := spec, declarationEnd(p.all, spec)
		if keyword == token.TYPE {
			p.interfaceMethods(spec)
		}
		sum := p.sum(nil, from, to)
		if keyword == token.CONST {
			sum = group
		}
		for name := from; name < to; name += 2 {
			p.sums[keyword.String()+" "+p.all[name].text] = sum
			if keyword == token.TYPE || p.all[name+1].tok != token.COMMA {
				break
			}
		}
		spec = to
	}
	return end
}

// interfaceMethods adds the methods of the type whose specification begins at i, if it is an interface. Generic interfaces
// are left out, since their methods cannot be annotated.
func (p *prints) interfaceMethods(i int) {
	t := i + 1
	if p.all[t].tok == token.ASSIGN {
		t++
	}
	if p.all[t].tok != token.INTERFACE {
		return
	}
	for m := t + 2; p.all[m].tok != token.RBRACE; {
		end := declarationEnd(p.all, m)
		if p.all[m].tok == token.IDENT && p.all[m+1].tok == token.LPAREN {
			p.add(p.all[i].text+"."+p.all[m].text, p.all[m].directives, m, end)
		}
		if p.all[end].tok != token.SEMICOLON {
			return
		}
		m = end + 1
	}
}

func (p *prints) add(name string, directives []string, from, to int) {
	p.sums[name] = p.sum(directives, from, to)
	for _, text := range directives {
		if d, _ := Parse(text); d.Kind.Declares() {
			p.annotated = append(p.annotated, name)
			return
		}
	}
}

// sum hashes the tokens [from, to) and the directives above them.
func (p *prints) sum(directives []string, from, to int) string {
	h := sha256.New()
	for _, text := range directives {
		fmt.Fprintln(h, strings.Join(strings.Fields(text), " "))
	}
	hashTokens(h, p.src[p.all[from].offset:p.all[to].offset])
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// hashTokens hashes source by its tokens, so that layout and comments do not count.
func hashTokens(h hash.Hash, src []byte) {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, nil, 0)
	separator := token.ILLEGAL // a comma or semicolon that counts only if no bracket closes right after it
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		closes := tok == token.RPAREN || tok == token.RBRACK || tok == token.RBRACE
		if separator != token.ILLEGAL && !closes {
			fmt.Fprintln(h, separator)
		}
		separator = token.ILLEGAL
		if tok == token.COMMA || tok == token.SEMICOLON {
			separator = tok
			continue
		}
		io.WriteString(h, tok.String()+" "+lit+"\n")
	}
}
