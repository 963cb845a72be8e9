// What a rule is.

package check

import (
	"go/ast"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
)

// rule finds one kind of fault. Each of its functions may be nil.
type rule struct {
	// docs describes what the rule reports. What rows of package stdlib forbid is described there.
	docs []diag.Rule
	// visit looks at one node of the syntax of a function or of an initializer. It adds findings, effects and edges to
	// the node of the graph that the syntax belongs to. Nodes are visited parents first, and each only once, even if
	// many workflows reach them.
	visit func(*visitor, ast.Node)
	// reached looks at what one workflow reaches, when that is known of all workflows.
	reached func(*pass, *callgraph.Reach)
	// program looks at the program as a whole, at the end.
	program func(*pass)
}
