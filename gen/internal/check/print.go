// This file rejects addresses that are made into text.

package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/printed"
)

// printing is an argument of a call that may print an address, depending on what interfaces hold.
type printing struct {
	pos token.Pos
	arg printed.Argument
}

// printed rejects calls that print an address: %p, a pointer inside another value, a channel, a function.
func (s *scanner) printed(call *ast.CallExpr, name string) {
	args := call.Args
	if strings.HasPrefix(name, "Append") || strings.HasPrefix(name, "Fprint") {
		args = args[min(1, len(args)):]
	}
	a := printed.Argument{Call: call.Lparen}
	switch {
	case strings.HasSuffix(name, "f") && len(args) > 0 && !call.Ellipsis.IsValid():
		s.formatted(a, args[0], args[1:])
		return
	case strings.HasSuffix(name, "f"):
		args = args[min(1, len(args)):]
	}
	a.Spread = call.Ellipsis.IsValid()
	for i, arg := range args {
		s.printedBy(printed.Plain, a, i, arg)
	}
}

// formatted matches the arguments of a call with the verbs of its format. A format that is not constant may have any
// verb.
func (s *scanner) formatted(a printed.Argument, format ast.Expr, args []ast.Expr) {
	text, constant := s.constantString(format)
	if !constant {
		s.formattedByUnknown(a, args)
		return
	}
	for _, v := range printed.Verbs(text) {
		if v.Arg < len(args) {
			s.printedBy(v, a, v.Arg, args[v.Arg])
		}
	}
}

// formattedByUnknown rejects pointers as arguments of a format that is not known until run time: it may have a %p.
func (s *scanner) formattedByUnknown(a printed.Argument, args []ast.Expr) {
	for i, arg := range args {
		if t := s.info.TypeOf(arg); t != nil && printed.PointsUnknown(t) {
			s.report(arg.Pos(), address, "print the value it points to, or make the format a constant",
				"prints a pointer by a format that is not constant and may show its address, which differs on every replay")
			continue
		}
		s.printedBy(printed.Plain, a, i, arg)
	}
}

// printedBy rejects the i-th argument of a call if it is printed as an address. If that depends on what is in interfaces,
// the argument is kept until all values are known.
func (s *scanner) printedBy(v printed.Verb, a printed.Argument, i int, arg ast.Expr) {
	t := s.info.TypeOf(arg)
	if v.Rune == 'p' {
		s.report(arg.Pos(), address, "print the value itself", "prints an address with %%p, which differs on every replay")
		return
	}
	if v.Rune == 'T' || v.Rune == '*' || t == nil {
		return
	}
	found, dynamic := printed.Static(t, v)
	switch {
	case found != nil:
		s.report(arg.Pos(), address, fixAddress(found), "prints %s", describeAddress(found, s.n.pkg.Types))
	case dynamic:
		a.Index, a.Verb = i, v
		s.n.prints = append(s.n.prints, printing{arg.Pos(), a})
	}
}

// calledValue keeps the arguments of a function value that may be a function that prints them.
func (s *scanner) calledValue(call *ast.CallExpr) {
	sig, ok := gotypes.CoreType(s.info.TypeOf(call.Fun)).(*types.Signature)
	if !ok || s.info.Types[call.Fun].IsType() || !printsLike(sig) {
		return
	}
	for i, arg := range call.Args[min(len(call.Args), sig.Params().Len()-1):] {
		s.n.prints = append(s.n.prints, printing{arg.Pos(), printed.Argument{
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

// addresses reports the arguments kept by the scan that are printed as addresses.
func (c *checker) addresses(r *reach) {
	var values *flow.Values
	for _, n := range r.nodes {
		for _, p := range n.prints {
			if values == nil {
				values = flow.NewValues(c.ssa(), r.objects())
			}
			if found := p.arg.Address(values); found != nil {
				n.once(finding{pos: p.pos, rule: address, fix: fixAddress(found),
					message: fmt.Sprintf("%s may print %s", n.subject(), describeAddress(found, n.pkg.Types))})
			}
		}
	}
}

// once enters a finding unless it is there.
func (n *node) once(f finding) {
	if !slices.Contains(n.findings, f) {
		n.findings = append(n.findings, f)
	}
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
