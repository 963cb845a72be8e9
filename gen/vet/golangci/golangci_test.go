package golangci_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	_ "github.com/pawlhq/pawl/gen/vet/golangci"
	"github.com/pawlhq/pawl/internal/testmod"
)

// special is compiled with a build tag, and breaks a rule.
const special = `//go:build special

package shop

import "context"

//pawl:activity timout=1s
func Charge(ctx context.Context) error { return nil }
`

// The linter finds the plugin by its name, and gives it the settings of .golangci.yml.
func TestPlugin(t *testing.T) {
	a := analyzer(t, map[string]any{"tags": []string{"other", "special"}})
	found, err := lint(t, a, special)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Category != "PWL101" || !strings.HasPrefix(found[0].Message, "unknown option timout [PWL101]") {
		t.Errorf("found %+v", found)
	}
}

// A file that the linter shows and the compiler does not see is not passed in silence.
func TestTagsMissing(t *testing.T) {
	found, err := lint(t, analyzer(t, nil), special)
	if err == nil || !strings.Contains(err.Error(), "shop.go was not checked") || len(found) > 0 {
		t.Errorf("found %+v, error %v", found, err)
	}
}

func TestUnknownSettings(t *testing.T) {
	newPlugin, err := register.GetPlugin("pawl")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newPlugin(map[string]any{"tag": "special"}); err == nil || !strings.Contains(err.Error(), `"tag"`) {
		t.Errorf("error %v", err)
	}
}

// analyzer is what golangci-lint gets for some settings.
func analyzer(t *testing.T, settings any) *analysis.Analyzer {
	t.Helper()
	newPlugin, err := register.GetPlugin("pawl")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlugin(settings)
	if err != nil {
		t.Fatal(err)
	}
	if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("load mode %s", mode)
	}
	analyzers, err := p.BuildAnalyzers()
	if err != nil || len(analyzers) != 1 || analyzers[0].Name != "pawl" {
		t.Fatalf("analyzers %v, error %v", analyzers, err)
	}
	if err := analysis.Validate(analyzers); err != nil {
		t.Fatal(err)
	}
	return analyzers[0]
}

// lint runs the analyzer over a package of one file, as a driver does that knows the syntax only.
func lint(t *testing.T, a *analysis.Analyzer, source string) (found []analysis.Diagnostic, err error) {
	t.Helper()
	dir := module(t)
	name := filepath.Join(dir, "shop.go")
	write(t, name, source)
	write(t, filepath.Join(dir, "doc.go"), "package shop\n")
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Run(&analysis.Pass{
		Analyzer: a, Fset: fset, Files: []*ast.File{syntax}, Pkg: types.NewPackage("example.com/shop", "shop"),
		Report: func(d analysis.Diagnostic) { found = append(found, d) },
	})
	return found, err
}

// module makes an empty module that uses this checkout of Pawl.
func module(t *testing.T) (dir string) {
	t.Helper()
	return testmod.Module{Path: "example.com/shop"}.New(t, nil)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
