package vet_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/vet"
)

const annotated = "package shop\n\nimport \"context\"\n\n//pawl:activity\nfunc Charge(ctx context.Context) error { return nil }\n"

// The compiler is called only where it has something to say: outside of any module, it fails.
func TestOnlyAnnotatedPackagesOfTheMainModule(t *testing.T) {
	elsewhere := &analysis.Module{Path: "example.com/elsewhere", Version: "v1.0.0"}
	for _, c := range []struct {
		name, source string
		module       *analysis.Module
		called       bool
	}{
		{"annotated", annotated, nil, true},
		{"annotated, in the main module", annotated, &analysis.Module{Path: "example.com/shop"}, true},
		{"annotated, in another module", annotated, elsewhere, false},
		{"plain", "package shop // as pawl: it has none\n", nil, false},
		{"generated", gosrc.Header + "\n\n" + annotated, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "shop.go")
			if err := os.WriteFile(name, []byte(c.source), 0o666); err != nil {
				t.Fatal(err)
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			_, err = vet.New().Run(&analysis.Pass{Fset: fset, Files: []*ast.File{file}, Module: c.module, Report: func(d analysis.Diagnostic) {
				t.Errorf("reported %s", d.Message)
			}})
			if called := err != nil; called != c.called {
				t.Errorf("the compiler was called: %t, and said %v", called, err)
			}
		})
	}
}

func TestAnalyzersAreValid(t *testing.T) {
	if err := analysis.Validate([]*analysis.Analyzer{vet.New(), vet.NewDirectives()}); err != nil {
		t.Error(err)
	}
}
