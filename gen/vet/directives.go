// Directives as facts: they keep go vet from repeating a verdict that is out of date.

package vet

import (
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/pawlhq/pawl/annotations"
)

// NewDirectives returns an analyzer that reports nothing but exports the directives of a package as a fact. Run it
// together with New if packages are vetted one by one. go vet caches the findings for a package until its files or the
// compiled code of its imports change. A change to a directive in an imported package does not change compiled code, but
// it can change the findings; with the fact, go vet checks all packages that depend on it again.
func NewDirectives() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:      Name + "directives",
		Doc:       "note the pawl directives of a package for go vet's cache\n\nIt finds nothing by itself.",
		FactTypes: []analysis.Fact{new(directives)},
		Run: func(pass *analysis.Pass) (any, error) {
			noteDirectives(pass)
			return nil, nil
		},
	}
}

// directives is the fact of a package that has some, or imports one that does.
type directives struct {
	Sum string // digest of their texts in order, and of the facts of what is imported
}

// AFact implements analysis.Fact.
func (*directives) AFact() {}

// String is for drivers that print facts.
func (d *directives) String() string { return "directives " + d.Sum }

func noteDirectives(pass *analysis.Pass) {
	var texts []string
	for _, f := range annotatedFiles(pass) {
		for _, group := range f.Comments {
			texts = appendDirectives(texts, group)
		}
	}
	for _, imported := range pass.Pkg.Imports() {
		var below directives
		if pass.ImportPackageFact(imported, &below) {
			texts = append(texts, imported.Path(), below.Sum)
		}
	}
	if len(texts) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
		pass.ExportPackageFact(&directives{hex.EncodeToString(sum[:])})
	}
}

func appendDirectives(texts []string, group *ast.CommentGroup) []string {
	for _, c := range group.List {
		if annotations.Is(c.Text) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}
