package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRules proves that the catalogue is complete and that each rule has a case that breaks it.
func TestRules(t *testing.T) {
	cases := allCases(t)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Title == "" || strings.TrimSpace(r.Doc) == "" {
			t.Errorf("%s is described twice, or not", r.ID)
		}
		seen[r.ID] = true
		if r.ID == realClient {
			continue // there are no generated functions here: golden/reject/stubs has the case
		}
		if !strings.Contains(cases, "["+r.ID+"]") {
			t.Errorf("no case breaks %s (%s)", r.ID, r.Title)
		}
	}
}

// TestRulesAreListed proves that no variable of type rule is missing in the list. A rule that is not listed does nothing.
func TestRulesAreListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared, listed []string
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(x ast.Node) bool {
			spec, ok := x.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			lit, ok := spec.Values[0].(*ast.CompositeLit)
			if !ok {
				return true
			}
			if id, ok := lit.Type.(*ast.Ident); ok && id.Name == "rule" {
				declared = append(declared, spec.Names[0].Name)
			}
			if spec.Names[0].Name == "rules" {
				for _, e := range lit.Elts {
					listed = append(listed, e.(*ast.Ident).Name)
				}
			}
			return true
		})
	}
	slices.Sort(declared)
	slices.Sort(listed)
	if len(declared) == 0 || !slices.Equal(declared, listed) {
		t.Errorf("declared are the rules\n%v\nlisted in rules.go are\n%v", declared, listed)
	}
}

func allCases(t *testing.T) string {
	var all strings.Builder
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".txtar") {
			data, err := os.ReadFile("testdata/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			all.Write(data)
		}
	}
	return all.String()
}
