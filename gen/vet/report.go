// Reporting: where in the package under analysis a finding is shown, and how it reads there.

package vet

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/pawlhq/pawl/gen/diag"
)

// report shows the findings that concern the package. One that neither lies in it nor is reached through it is left to
// the package that has it.
func report(pass *analysis.Pass, found []diag.Diagnostic) {
	p := newPlaces(pass)
	for _, d := range found {
		if pos, ok := p.of(d); ok {
			pass.Report(analysis.Diagnostic{Pos: pos, Category: d.Rule, Message: p.text(d, pos)})
		}
	}
}

// places finds the positions of one package.
type places struct {
	fset  *token.FileSet
	dir   string // of the package
	root  string // of its module, from where names of files are shown
	files map[string]*ast.File
	first token.Pos // of its first package clause
}

func newPlaces(pass *analysis.Pass) *places {
	first := pass.Files[0]
	dir := filepath.Dir(fileName(pass.Fset, first))
	p := &places{fset: pass.Fset, dir: dir, root: moduleRoot(dir), files: map[string]*ast.File{}, first: first.Package}
	for _, f := range pass.Files {
		p.files[fileName(pass.Fset, f)] = f
	}
	return p
}

// of is where a finding is reported: at its own place, or else where the chain that leads there leaves the package. What
// the compiler says of the package as a whole, or of a file that the analyzer is not shown, is at the package clause.
func (p *places) of(d diag.Diagnostic) (pos token.Pos, ok bool) {
	if pos, ok = p.pos(d.Pos); ok {
		return pos, true
	}
	for _, call := range slices.Backward(d.Chain) {
		if pos, ok = p.pos(call.Pos); ok {
			return pos, true
		}
	}
	return p.first, d.Pos.Filename == p.dir || filepath.Dir(d.Pos.Filename) == p.dir
}

// pos is a position of the compiler's as one of the analyzer's, if it lies in a file of the package.
func (p *places) pos(at token.Position) (token.Pos, bool) {
	f := p.files[at.Filename]
	if f == nil || at.Line < 1 {
		return token.NoPos, false
	}
	file := p.fset.File(f.Package)
	if at.Line > file.LineCount() {
		return token.NoPos, false
	}
	start := file.LineStart(at.Line)
	return min(start+token.Pos(max(at.Column, 1)-1), token.Pos(file.Base()+file.Size())), true
}

// text is what pawl check prints of a finding, without the position in front if it is reported there.
func (p *places) text(d diag.Diagnostic, pos token.Pos) string {
	text := strings.TrimSuffix(d.Format(p.root), "\n")
	at := d.Pos
	if own, ok := p.pos(at); ok && own == pos {
		at.Filename = diag.Rel(at.Filename, p.root)
		return strings.TrimPrefix(text, at.String()+": ")
	}
	return "leads to " + text
}

// moduleRoot is the folder of the go.mod that a folder belongs to; the folder itself if there is none.
func moduleRoot(dir string) string {
	for root := dir; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return root
		}
		if root == filepath.Dir(root) {
			return dir
		}
	}
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }
