// Fingerprints of annotated source: how a worker notices that its generated code is older than the code it came from.

package annotations

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
)

// Fingerprints of what src, a Go file, declares. Under the name of a function (Checkout, (*Payments).Refund,
// Stock.Reserve for a method of an interface) stands that of its directives and signature; under the name followed by
// {} that of its whole declaration. Under a keyword and a name (type Order, const limit, var rates) stands that of the
// declaration. Comments and layout do not change a fingerprint.
func Fingerprints(src []byte) (map[string]string, error) {
	f, err := fingerprint(src)
	if err != nil {
		return nil, err
	}
	return f.sums, nil
}

// CompareFingerprints checks that what is in sums is in src as it was when sums were taken, and that src has no annotated function besides. file names the source in the error.
func CompareFingerprints(file string, src []byte, sums map[string]string) error {
	f, err := fingerprint(src)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		name := strings.TrimSuffix(key, "{}")
		switch now, ok := f.sums[key]; {
		case !ok:
			return fmt.Errorf("%s: %s is gone since code was generated from it: run go generate and build again", file, name)
		case now != sums[key]:
			return fmt.Errorf("%s: %s changed since code was generated from it: run go generate and build again", file, name)
		}
	}
	for _, name := range f.annotated {
		if sums[name] == "" && sums[name+"{}"] == "" {
			return fmt.Errorf("%s: %s was annotated since code was generated: run go generate and build again", file, name)
		}
	}
	return nil
}

// prints is what a file's declarations give.
type prints struct {
	src       []byte
	tokens    *token.File
	sums      map[string]string
	annotated []string
}

func fingerprint(src []byte) (*prints, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	p := &prints{src: src, tokens: fset.File(file.FileStart), sums: map[string]string{}}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			p.function(d)
		case *ast.GenDecl:
			p.interfaces(d)
			p.declarations(d)
		}
	}
	return p, nil
}

func (p *prints) function(d *ast.FuncDecl) {
	name, end := FuncName(d), d.End()
	if d.Body != nil {
		end = d.Body.Lbrace
	}
	p.add(name, d.Doc, d.Pos(), end)
	p.sums[name+"{}"] = p.sum(d.Doc, d.Pos(), d.End())
}

func (p *prints) interfaces(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		iface, ok := spec.Type.(*ast.InterfaceType)
		if !ok {
			continue
		}
		for _, m := range iface.Methods.List {
			if len(m.Names) == 1 {
				p.add(spec.Name.Name+"."+m.Names[0].Name, m.Doc, m.Pos(), m.End())
			}
		}
	}
}

// declarations of types, constants and variables. The constants of a group count together: they may count by iota, or
// repeat each other.
func (p *prints) declarations(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		from, to := spec.Pos(), spec.End()
		if d.Tok == token.CONST {
			from, to = d.Pos(), d.End()
		}
		for _, id := range DeclaredNames(spec) {
			p.sums[DeclName(d.Tok, id.Name)] = p.sum(nil, from, to)
		}
	}
}

// DeclaredNames are the names that a specification of types, constants or variables declares.
func DeclaredNames(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil // an import
}

// DeclName is the name of what a declaration with a keyword declares, as fingerprints use it: type Order, const limit.
func DeclName(keyword token.Token, name string) string { return keyword.String() + " " + name }

func (p *prints) add(name string, doc *ast.CommentGroup, from, to token.Pos) {
	p.sums[name] = p.sum(doc, from, to)
	for _, text := range directives(doc) {
		if d, _ := Parse(text); d.Kind.Declares() {
			p.annotated = append(p.annotated, name)
			return
		}
	}
}

func (p *prints) sum(doc *ast.CommentGroup, from, to token.Pos) string {
	h := sha256.New()
	for _, text := range directives(doc) {
		fmt.Fprintln(h, strings.Join(strings.Fields(text), " "))
	}
	hashTokens(h, p.src[p.tokens.Offset(from):p.tokens.Offset(to)])
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

func directives(doc *ast.CommentGroup) (texts []string) {
	if doc == nil {
		return nil
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, Prefix) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

// FuncName is the name of a function as fingerprints use it: Checkout, Flow.Deliver, (*Payments).Refund.
func FuncName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	star, pointer := t.(*ast.StarExpr)
	if pointer {
		t = star.X
	}
	switch generic := t.(type) {
	case *ast.IndexExpr:
		t = generic.X
	case *ast.IndexListExpr:
		t = generic.X
	}
	id, ok := t.(*ast.Ident)
	switch {
	case !ok:
		return d.Name.Name
	case pointer:
		return "(*" + id.Name + ")." + d.Name.Name
	}
	return id.Name + "." + d.Name.Name
}
