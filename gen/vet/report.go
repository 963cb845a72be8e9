// Reporting: where in the package under analysis a finding is shown, and how it reads there.

package vet

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
)

// report shows the findings of the package in dir: what its own workflows lead to, and what is wrong with its directives. What
// other packages' workflows lead to here is left to those, for drivers keep a verdict as long as the package and what it
// imports stay as they are.
func report(pass *analysis.Pass, dir string, result *gen.Result) {
	p := newPlaces(pass, dir, result)
	var own []analysis.Diagnostic
	for _, d := range result.Diagnostics {
		if pos := p.of(d); pos.IsValid() {
			own = append(own, analysis.Diagnostic{Pos: pos, Category: d.Rule, Message: p.text(d, pos)})
		}
	}
	slices.SortStableFunc(own, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range own {
		pass.Report(d)
	}
}

// places finds the positions of one package.
type places struct {
	fset    *token.FileSet
	dir     string   // of the package
	root    string   // of its module, from where names of files are shown
	sources []string // the files that the compiler looked at, of all packages
	files   map[string]*ast.File
	clause  token.Pos // the first package clause that is not a test's
}

func newPlaces(pass *analysis.Pass, dir string, result *gen.Result) *places {
	p := &places{fset: pass.Fset, dir: dir, root: moduleRoot(dir), sources: result.Sources, files: map[string]*ast.File{}}
	for _, f := range pass.Files {
		name := fileName(pass.Fset, f)
		p.files[name] = f
		if !p.clause.IsValid() && !isTest(name) {
			p.clause = f.Package
		}
	}
	return p
}

// of is where a finding is reported, if it is the package's: at its own place, or at the call that leads out of the
// package to it. What is in no file that the analyzer is shown is at the package clause.
func (p *places) of(d diag.Diagnostic) token.Pos {
	if !p.own(d) {
		return token.NoPos
	}
	if pos := p.pos(d.Pos); pos.IsValid() {
		return pos
	}
	for _, call := range slices.Backward(d.Chain) {
		if pos := p.pos(call.Pos); pos.IsValid() {
			return pos
		}
	}
	return p.clause
}

// own reports whether a finding is the package's: its chain starts here, or where no package would report it.
func (p *places) own(d diag.Diagnostic) bool {
	start := d.Pos.Filename
	if len(d.Chain) > 0 {
		start = d.Chain[0].Pos.Filename
	}
	dir := filepath.Dir(start)
	return dir == p.dir || start == p.dir || !slices.ContainsFunc(p.sources, func(name string) bool {
		return filepath.Dir(name) == dir && mentionsPawl(name)
	})
}

// mentionsPawl reports whether a file may have directives, so that its package is looked at.
func mentionsPawl(name string) bool {
	src, err := os.ReadFile(name)
	return err == nil && bytes.Contains(src, []byte(annotations.Prefix))
}

// pos is a position of the compiler's as one of the analyzer's, if it lies in a file of the package.
func (p *places) pos(at token.Position) token.Pos {
	f := p.files[at.Filename]
	if f == nil {
		return token.NoPos
	}
	file := p.fset.File(f.Package)
	if translated(f) {
		return p.copied(file, at.Line)
	}
	if at.Line < 1 || at.Line > file.LineCount() {
		return token.NoPos
	}
	start := file.LineStart(at.Line)
	return min(start+token.Pos(max(at.Column, 1)-1), token.Pos(file.Base()+file.Size()))
}

// copied is the first place of a file of cgo's that stands for a line of the author's.
func (p *places) copied(file *token.File, line int) token.Pos {
	for i := range file.LineCount() {
		if start := file.LineStart(i + 1); p.fset.Position(start).Line == line {
			return start
		}
	}
	return token.NoPos
}

// text is what pawl check prints of a finding, without the position in front if it is reported there.
func (p *places) text(d diag.Diagnostic, pos token.Pos) string {
	text := strings.TrimSuffix(d.Format(p.root), "\n")
	if pos != p.pos(d.Pos) {
		return "leads to " + text
	}
	at := d.Pos
	at.Filename = diag.Rel(at.Filename, p.root)
	return strings.TrimPrefix(text, at.String()+": ")
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
