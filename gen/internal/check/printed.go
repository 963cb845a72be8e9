// Rule: an address must not be made into text.

package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/printed"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const address = "PWL215"

var printedRule = rule{
	docs: []diag.Rule{{ID: address, Title: "address of a value in text", Doc: `
%p prints an address, and so does %v for a pointer inside another value, a channel or a function. Addresses differ on every
replay. Print the value that the pointer points to. Values are followed into interfaces: what a workflow prints as any must
not hold an address either. For fields that are not exported, package fmt calls no methods: it prints the address in an
error or in a time with a zone.`}},
	visit: func(v *visitor, x ast.Node) {
		call, ok := x.(*ast.CallExpr)
		if _, builtin := v.builtin(x); !ok || builtin != "" {
			return
		}
		if callee := gotypes.Callee(v.info, call); callee == nil {
			calledValue(v, call)
		} else if how := stdlib.Of(callee).Printing; how.Prints {
			printedCall(v, call, how)
		}
	},
	reached: checkPrinted,
}

// printedCall rejects calls that print an address: %p, a pointer inside another value, a channel, a function.
func printedCall(v *visitor, call *ast.CallExpr, how stdlib.Printing) {
	args := call.Args[min(how.From, len(call.Args)):]
	spread := call.Ellipsis.IsValid()
	a := printed.Argument{Call: call.Lparen, Spread: spread}
	if how.Format && len(args) > 0 {
		if !spread {
			formatted(v, a, args[0], args[1:])
			return
		}
		args = args[1:]
	}
	for i, arg := range args {
		printedBy(v, printed.Plain, a, i, arg)
	}
}

// formatted matches the arguments of a call with the verbs of its format. A format that is not constant may have any
// verb.
func formatted(v *visitor, a printed.Argument, format ast.Expr, args []ast.Expr) {
	text, constant := v.constantString(format)
	if !constant {
		formattedByUnknown(v, a, args)
		return
	}
	for _, verb := range printed.Verbs(text) {
		if verb.Arg < len(args) {
			printedBy(v, verb, a, verb.Arg, args[verb.Arg])
		}
	}
}

// formattedByUnknown rejects pointers as arguments of a format that is not known until run time: it may have a %p.
func formattedByUnknown(v *visitor, a printed.Argument, args []ast.Expr) {
	for i, arg := range args {
		if t := v.info.TypeOf(arg); t != nil && printed.PointsUnknown(t) {
			v.report(arg.Pos(), address, "print the value it points to, or make the format a constant",
				"prints a pointer by a format that is not constant and may show its address, which differs on every replay")
			continue
		}
		printedBy(v, printed.Plain, a, i, arg)
	}
}

// printedBy rejects the i-th argument of a call if it is printed as an address. If that depends on what is in interfaces,
// the argument is kept until all values are known.
func printedBy(v *visitor, verb printed.Verb, a printed.Argument, i int, arg ast.Expr) {
	t := v.info.TypeOf(arg)
	if verb.Rune == 'p' {
		v.report(arg.Pos(), address, "print the value itself", "prints an address with %%p, which differs on every replay")
		return
	}
	if verb.Rune == 'T' || verb.Rune == '*' || t == nil {
		return
	}
	found, dynamic := printed.Static(t, verb)
	switch {
	case found != nil:
		v.report(arg.Pos(), address, fixAddress(found), "prints %s", describeAddress(found, v.node.Pkg.Types))
	case dynamic:
		a.Index, a.Verb = i, verb
		v.prints[v.node] = append(v.prints[v.node], printing{arg.Pos(), a})
	}
}

// calledValue keeps the arguments of a function value that may be a function that prints them.
func calledValue(v *visitor, call *ast.CallExpr) {
	sig, ok := gotypes.CoreType(v.info.TypeOf(call.Fun)).(*types.Signature)
	if !ok || v.info.Types[call.Fun].IsType() || !printsLike(sig) {
		return
	}
	for i, arg := range call.Args[min(len(call.Args), sig.Params().Len()-1):] {
		v.prints[v.node] = append(v.prints[v.node], printing{arg.Pos(), printed.Argument{
			Call: call.Lparen, Index: i, Value: true, Spread: call.Ellipsis.IsValid(), Verb: printed.Plain,
		}})
	}
}

// printsLike reports whether a signature is one of a function that may print: it takes any number of values of any type.
func printsLike(sig *types.Signature) bool {
	if !sig.Variadic() {
		return false
	}
	list, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	return ok && types.Identical(list.Elem().Underlying(), types.NewInterfaceType(nil, nil))
}

// checkPrinted reports the kept arguments that are printed as addresses. The findings are added to the nodes, so that they
// count for code of other modules, too.
func checkPrinted(p *pass, r *callgraph.Reach) {
	var values *flow.Values
	for _, n := range r.Nodes {
		for _, arg := range p.prints[n] {
			if values == nil {
				values = flow.NewValues(p.ssa(), r.Objects())
			}
			found := arg.arg.Address(values)
			if found == nil {
				continue
			}
			f := callgraph.Finding{Pos: arg.pos, Rule: address, Fix: fixAddress(found),
				Message: fmt.Sprintf("%s may print %s", n.Subject(), describeAddress(found, n.Pkg.Types))}
			same := func(g callgraph.Finding) bool { return g.Pos == f.Pos && g.Message == f.Message }
			if !slices.ContainsFunc(n.Findings, same) {
				f.Last = handedBy(p, r, n, found.Calls)
				n.Findings = append(n.Findings, f)
			}
		}
	}
}

// handedBy returns the steps by which a value comes to the last of some calls, which is in n. Calls are given by their opening
// parentheses. It returns nil if a step is not known.
func handedBy(p *pass, r *callgraph.Reach, n *callgraph.Node, calls []token.Pos) (steps []callgraph.Step) {
	for _, paren := range calls[:len(calls)-1] {
		step, ok := r.StepAt(p.graph, paren)
		if !ok || len(steps) > 0 && steps[len(steps)-1].Edge.To != step.From {
			return nil
		}
		steps = append(steps, step)
	}
	if len(steps) > 0 && steps[len(steps)-1].Edge.To != n {
		return nil
	}
	return steps
}

// describeAddress is what a message in package pkg says about an address.
func describeAddress(a *printed.Address, pkg *types.Package) string {
	what := "an address"
	if a.SortsKeys {
		what = "the entries of a map in the order of addresses"
	}
	return fmt.Sprintf("a value of type %s, and with it %s, which differs on every replay", types.TypeString(a.Type, types.RelativeTo(pkg)), what)
}

func fixAddress(a *printed.Address) string {
	if a.SortsKeys {
		return "key the map by something with an order, or print its entries in an order of your own"
	}
	return "print the value it points to, or give the type a String method"
}
