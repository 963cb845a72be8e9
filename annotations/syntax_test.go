package annotations

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFingerprintsOfSyntax compares fingerprints with fingerprints taken from syntax trees, for every file of this module
// and for large parts of the standard library. Generic interfaces are left out, since their methods cannot be annotated.
func TestFingerprintsOfSyntax(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	std := filepath.Join(strings.TrimSpace(string(out)), "src")
	files := 0
	for _, root := range []string{"..", filepath.Join(std, "go"), filepath.Join(std, "net")} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if !strings.HasSuffix(name, ".go") || testing.Short() && root != ".." {
				return nil
			}
			src, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			want, err := fingerprintSyntax(src)
			if err != nil {
				return nil // not Go
			}
			files++
			got, err := fingerprint(src)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return nil
			}
			if !maps.Equal(got.sums, want.sums) {
				t.Errorf("%s: %s", name, difference(got.sums, want.sums))
			}
			if !slices.Equal(got.annotated, want.annotated) {
				t.Errorf("%s: annotated are %v, want %v", name, got.annotated, want.annotated)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("only %d files were compared", files)
	}
}

func difference(got, want map[string]string) (text string) {
	for key, sum := range want {
		if got[key] != sum {
			text += fmt.Sprintf("%s is %q, want %q; ", key, got[key], sum)
		}
	}
	for key := range got {
		if want[key] == "" {
			text += key + " is too many; "
		}
	}
	return text
}

// syntaxPrints is what a file's declarations give.
type syntaxPrints struct {
	src       []byte
	tokens    *token.File
	sums      map[string]string
	annotated []string
}

func fingerprintSyntax(src []byte) (*syntaxPrints, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	p := &syntaxPrints{src: src, tokens: fset.File(file.FileStart), sums: map[string]string{}}
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

func (p *syntaxPrints) function(d *ast.FuncDecl) {
	name, end := funcName(d), d.End()
	if d.Body != nil {
		end = d.Body.Lbrace
	}
	p.add(name, d.Doc, d.Pos(), end)
	p.sums[name+"{}"] = p.sum(d.Doc, d.Pos(), d.End())
}

func (p *syntaxPrints) interfaces(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		iface, ok := spec.Type.(*ast.InterfaceType)
		if !ok || spec.TypeParams != nil {
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
func (p *syntaxPrints) declarations(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		from, to := spec.Pos(), spec.End()
		if d.Tok == token.CONST {
			from, to = d.Pos(), d.End()
		}
		for _, id := range declaredNames(spec) {
			p.sums[declName(d.Tok, id.Name)] = p.sum(nil, from, to)
		}
	}
}

// declaredNames are the names that a specification of types, constants or variables declares.
func declaredNames(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil // an import
}

// declName is the name of what a declaration with a keyword declares, as fingerprints use it: type Order, const limit.
func declName(keyword token.Token, name string) string { return keyword.String() + " " + name }

func (p *syntaxPrints) add(name string, doc *ast.CommentGroup, from, to token.Pos) {
	p.sums[name] = p.sum(doc, from, to)
	for _, text := range directives(doc) {
		if d, _ := Parse(text); d.Kind.Declares() {
			p.annotated = append(p.annotated, name)
			return
		}
	}
}

func (p *syntaxPrints) sum(doc *ast.CommentGroup, from, to token.Pos) string {
	h := sha256.New()
	for _, text := range directives(doc) {
		fmt.Fprintln(h, strings.Join(strings.Fields(text), " "))
	}
	hashTokens(h, p.src[p.tokens.Offset(from):p.tokens.Offset(to)])
	return hex.EncodeToString(h.Sum(nil)[:8])
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

// funcName is the name of a function as fingerprints use it: Checkout, Flow.Deliver, (*Payments).Refund.
func funcName(d *ast.FuncDecl) string {
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
