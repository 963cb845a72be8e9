package callgraph_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/internal/goldentest"
)

// TestCases describes what the functions of each case reach whose names begin with Root, with a simple scan.
func TestCases(t *testing.T) {
	cases := checktest.Cases(t, "testdata")
	prog, _ := checktest.Load(t, cases, map[string]string{"github.com/pawlhq/pawl": "../check/testdata/modules/pawl"})
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			g := newGraph(prog)
			var reached []*callgraph.Reach
			for _, root := range roots(g.Index, checktest.Module+"/"+c.Name) {
				reached = append(reached, g.Reach(g.Function(root)))
			}
			g.MarkLowered(reached)
			goldentest.Section(t, c.Path, c.Archive, "want", []byte(describe(g, reached)))
		})
	}
}

func newGraph(prog *gosrc.Program) *callgraph.Graph {
	c := callgraph.Config{Index: decls.New(prog)}
	var g *callgraph.Graph
	c.Scan = func(n *callgraph.Node, pkg *gosrc.Package, _ *gosrc.File, syntax ast.Node) {
		ast.Inspect(syntax, func(x ast.Node) bool {
			if e, ok := x.(ast.Expr); ok {
				scanExpr(g, n, pkg.Info, e)
			}
			return true
		})
	}
	g = callgraph.New(c)
	return g
}

// scanExpr adds names of functions and variables, and types of values.
func scanExpr(g *callgraph.Graph, n *callgraph.Node, info *types.Info, e ast.Expr) {
	if named := gotypes.Origin(info.TypeOf(e)); named != nil && !types.IsInterface(named) && !slices.Contains(n.Types, types.Type(named)) {
		n.Types = append(n.Types, named)
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return
	}
	switch obj := info.Uses[id].(type) {
	case *types.Var:
		if gotypes.IsPackageVar(obj) {
			n.Edges = append(n.Edges, callgraph.Edge{Pos: id.Pos(), To: g.Variable(obj), Verb: "reads"})
		}
	case *types.Func:
		switch {
		case obj.Name() == "durable":
			n.Effects = append(n.Effects, callgraph.Effect{Pos: id.Pos(), What: "durable"})
		case gotypes.IsInterfaceMethod(obj):
			n.Sites = append(n.Sites, callgraph.Site{
				Pos: id.Pos(), ID: id, What: gotypes.LocalName(obj), Verb: "calls", Names: []string{obj.Name()}, Pkg: obj.Pkg(),
				Iface: obj.Signature().Recv().Type().Underlying().(*types.Interface),
			})
		default:
			n.Edges = append(n.Edges, callgraph.Edge{Pos: id.Pos(), To: g.Function(obj), Verb: "calls"})
		}
	}
}

// roots are the functions of a package whose names begin with Root, by name.
func roots(x *decls.Index, path string) (fns []*types.Func) {
	for fn := range x.Funcs {
		if fn.Pkg().Path() == path && strings.HasPrefix(fn.Name(), "Root") {
			fns = append(fns, fn)
		}
	}
	slices.SortFunc(fns, callgraph.ByFullName)
	return fns
}

func describe(g *callgraph.Graph, reached []*callgraph.Reach) string {
	var b strings.Builder
	for _, r := range reached {
		pkg := r.Root.Pkg.Types
		fmt.Fprintf(&b, "%s:\n", r.Root.Name(pkg))
		for _, n := range r.Nodes {
			fmt.Fprintf(&b, "\t%s", n.Name(pkg))
			if g.Lowered[n] {
				b.WriteString(", lowered")
				if what := n.Durability().What; what != "" {
					b.WriteString(" because of " + what)
				}
			}
			for _, s := range r.Way(n) {
				fmt.Fprintf(&b, "; %s %s %s", s.From.Name(pkg), s.Edge.Verb, s.Edge.To.Name(pkg))
			}
			b.WriteString("\n")
		}
	}
	forwarders, impossible := g.Forwarders(reached)
	for _, f := range forwarders {
		fmt.Fprintf(&b, "forwarder: %s.%s\n", f.Type.Obj().Name(), f.Method.Name())
	}
	for _, u := range impossible {
		fmt.Fprintf(&b, "impossible: %s.%s\n", u.Type, u.Method.Name())
	}
	return b.String()
}
