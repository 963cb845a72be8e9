// Package vet is the compiler's check as an analyzer, for go vet, golangci-lint and whatever else runs analyzers. It has
// no rules of its own: it calls the compiler on each annotated package and says what the compiler says.
package vet

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/gosrc"
)

// Name is what the analyzer is called, on command lines and in the settings of linters.
const Name = "pawl"

const doc = `find what would keep workflow code from replaying

What pawl check says of the workflows of a package is reported, each finding with the number of its rule; "pawl explain
NUMBER" tells more. A finding in another package is reported at the call that leads there. Packages without directives
cost nothing.`

// New makes the analyzer. It calls the go command with the build flags, such as -tags=…, and with the environment of the
// process, for it loads the module by itself: a verdict needs more than the one package that an analyzer is shown.
func New(buildFlags ...string) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:             Name,
		Doc:              doc,
		URL:              "https://pkg.go.dev/" + gosrc.RuntimePath + "/gen/vet",
		RunDespiteErrors: true, // code that calls stubs does not compile before they are generated
		Run: func(pass *analysis.Pass) (any, error) {
			return nil, run(pass, buildFlags)
		},
	}
}

func run(pass *analysis.Pass, buildFlags []string) error {
	if foreign(pass.Module) {
		return nil
	}
	annotated := annotatedFiles(pass)
	if len(annotated) == 0 {
		return nil
	}
	result, err := gen.Check(context.Background(), gen.Config{
		Dir: filepath.Dir(fileName(pass.Fset, annotated[0])), BuildFlags: buildFlags,
	})
	if err != nil {
		return err
	}
	report(pass, result)
	return unseen(pass, annotated, result)
}

// foreign reports whether a module is somebody else's: the main module has no version.
func foreign(m *analysis.Module) bool { return m != nil && m.Version != "" }

// annotatedFiles are the author's files of a package that have directives.
func annotatedFiles(pass *analysis.Pass) (files []*ast.File) {
	for _, f := range pass.Files {
		if !generated(f) && slices.ContainsFunc(f.Comments, hasDirective) {
			files = append(files, f)
		}
	}
	return files
}

// generated reports whether Pawl wrote a file.
func generated(f *ast.File) bool {
	return len(f.Comments) > 0 && gosrc.IsGenerated([]byte(f.Comments[0].List[0].Text))
}

func hasDirective(group *ast.CommentGroup) bool {
	return slices.ContainsFunc(group.List, func(c *ast.Comment) bool { return annotations.Is(c.Text) })
}

// unseen is an error if a file that was annotated is none that the compiler saw: without its build tags, for which the
// analyzer is not asked, the compiler would pass what it never read.
func unseen(pass *analysis.Pass, annotated []*ast.File, result *gen.Result) error {
	broken := func(d diag.Diagnostic) bool { return d.Rule == gosrc.RuleCompile.ID }
	if slices.ContainsFunc(result.Diagnostics, broken) {
		return nil // a file with syntax errors is none that was looked at, and has been reported
	}
	var errs []error
	for _, f := range annotated {
		if name := fileName(pass.Fset, f); !isTest(name) && !slices.Contains(result.Sources, name) {
			errs = append(errs, fmt.Errorf("%s was not checked, for only some builds compile it: give pawl the same build tags, by -tags, GOFLAGS or the linter's settings", name))
		}
	}
	return errors.Join(errs...)
}

func fileName(fset *token.FileSet, f *ast.File) string {
	return fset.PositionFor(f.Package, false).Filename
}
