package writes_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/writes"
	"github.com/pawlhq/pawl/internal/goldentest"
)

// TestCases describes the writes of each case.
func TestCases(t *testing.T) {
	cases := checktest.Cases(t, "testdata")
	prog, _ := checktest.Load(t, cases, map[string]string{"github.com/pawlhq/pawl": "../check/testdata/modules/pawl"})
	x := decls.New(prog)
	w := writes.Find(x)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			lines := slices.Concat(variables(x, w, c.Name), methods(x, w, c.Name), targets(x, w, c.Name))
			goldentest.Section(t, c.Path, c.Archive, "want", []byte(strings.Join(lines, "")))
		})
	}
}

func variables(x *decls.Index, w *writes.Writes, name string) (lines []string) {
	for v, d := range x.Vars {
		if v.Pkg().Name() != name {
			continue
		}
		line := "variable " + v.Name()
		if by := w.Writer(v); by != nil {
			line += ", written by " + by.Name()
		}
		for range d.Parts {
			line += ", initialized by init"
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	return lines
}

func methods(x *decls.Index, w *writes.Writes, name string) (lines []string) {
	for fn := range x.Funcs {
		if fn.Pkg().Name() == name && w.ChangesReceiver(fn) {
			lines = append(lines, "method "+gotypes.LocalName(fn)+" changes its receiver\n")
		}
	}
	slices.Sort(lines)
	return lines
}

// targets describes each write, in the order of the source.
func targets(x *decls.Index, w *writes.Writes, name string) (lines []string) {
	x.Each(func(p decls.Part) {
		d, ok := p.Decl.(*ast.FuncDecl)
		if !ok || p.Pkg.Types.Name() != name {
			return
		}
		ast.Inspect(d, func(n ast.Node) bool {
			for _, t := range w.Targets(p.Pkg.Info, n) {
				deep := ""
				if t.Deep {
					deep = ", through a reference"
				}
				line := fmt.Sprintf("%s %s %s%s %s", p.Pkg.Info.Defs[d.Name].(*types.Func).Name(), t.How, t.Root.Name, deep, t.Rule)
				lines = append(lines, strings.TrimSpace(line)+"\n")
			}
			return true
		})
	})
	return lines
}
