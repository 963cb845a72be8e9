package emit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// TestTypes writes types of every form, with the packages that they name.
func TestTypes(t *testing.T) {
	packages := []ir.Import{{Path: "example.com/a", Name: "a"}, {Path: "example.com/b", Name: "b"}, {Path: "example.com/here", Name: "here"}}
	for text, want := range map[string]string{
		"int":                                 "int",
		"p0.T":                                "a.T",
		"p2.T":                                "T", // declared in the package itself
		"*p0.T":                               "*a.T",
		"[]p0.T":                              "[]a.T",
		"[3]map[string]*p1.U":                 "[3]map[string]*b.U",
		"p0.Pair[p1.U, int]":                  "a.Pair[b.U, int]",
		"p0.Set[[]p1.U]":                      "a.Set[[]b.U]",
		"<-chan p0.T":                         "<-chan a.T",
		"chan<- p0.T":                         "chan<- a.T",
		"chan (<-chan p0.T)":                  "chan (<-chan a.T)",
		"func()":                              "func()",
		"func(p0.T, ...int) error":            "func(a.T, ...int) error",
		"func(x p0.T) (y p1.U, err error)":    "func(x a.T) (y b.U, err error)",
		"interface{}":                         "interface{}",
		"interface{Close() error; p0.Reader}": "interface { Close() error a.Reader }",
		"struct{}":                            "struct{}",
		`struct{X, Y int; p0.T; Z *p1.U "json:\"z,omit\""}`: `struct { X, Y int a.T Z *b.U "json:\"z,omit\"" }`,
		"invalid type": "any",
	} {
		file := jen.NewFilePathName("example.com/here", "here")
		for _, p := range packages {
			file.ImportName(p.Path, p.Name)
		}
		file.Var().Id("x").Add(typ(ir.Type{Text: text, Packages: packages}))
		var b bytes.Buffer
		if err := file.Render(&b); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		_, got, _ := strings.Cut(strings.ReplaceAll(b.String(), ir.Suffix+ir.Suffix, ""), "var x ")
		if squeeze(got) != squeeze(want) {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

// squeeze takes out what gofmt decides.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
