package lower

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/check"
)

// Binder is a generic function that turns the twin of a function into a function value of the original's type, bound to
// the run, or a function into one that waits to be started. A package's stubs declare those that its lowered files need.
type Binder struct {
	Form     Form
	In, Out  int  // parameters and results of the original, receiver included for an expression
	Variadic bool // of the original
}

// Form is where the run stands in a twin.
type Form int

const (
	Plain      Form = iota // first: a function, or a method value, whose receiver is bound already
	Expression             // second, behind the receiver: a method expression
	OnValue                // first, before the value that stands for the receiver: an interface's method value
	Late                   // nowhere: what a go statement calls, with its arguments, is kept for when the goroutine runs
)

// Name is the binder's name: bind2x1__pawl takes a function of two parameters with one result.
func (b Binder) Name() string {
	return [...]string{"bind", "bindexpr", "bindon", "late"}[b.Form] + b.arity() + check.Suffix
}

// arity says how many parameters and results there are: 2x1, or 2vx1 for a variadic function.
func (b Binder) arity() string {
	variadic := ""
	if b.Variadic {
		variadic = "v"
	}
	return fmt.Sprintf("%d%sx%d", b.In, variadic, b.Out)
}

// Doc says what the binder does, behind its name.
func (b Binder) Doc() string {
	if b.Form == Late {
		return "is f, which takes its arguments now and waits to be called."
	}
	return "is f as a value of the author's type, which brings the run with it."
}

// Decl is the binder's declaration, with the name that the file imports package abi by.
func (b Binder) Decl(abi string) string {
	typeParams := slices.Concat(b.list("A", b.In), b.list("R", b.Out))
	if b.Form == OnValue {
		typeParams = append([]string{"S"}, typeParams...)
	}
	generic := ""
	if len(typeParams) > 0 {
		generic = "[" + strings.Join(typeParams, ", ") + " any]"
	}
	in, out := b.params(""), b.results()
	if b.Form == Late {
		return fmt.Sprintf("func %s%s(f func(%s)%s) func(%s) func() {\n\treturn func(%s) func() { return func() { f(%s) } }\n}\n",
			b.Name(), generic, strings.Join(in, ", "), out, strings.Join(in, ", "), strings.Join(b.params("a"), ", "), strings.Join(b.args(), ", "))
	}
	twin, args := b.twin("*"+abi+".Run"), b.args()
	receiver := ""
	if b.Form == OnValue {
		receiver = "s S, "
	}
	call := fmt.Sprintf("f(%s)", strings.Join(args, ", "))
	if b.Out > 0 {
		call = "return " + call
	}
	return fmt.Sprintf("func %s%s(_run *%s.Run, %sf func(%s)%s) func(%s)%s {\n\treturn func(%s)%s { %s }\n}\n",
		b.Name(), generic, abi, receiver, strings.Join(twin, ", "), out, strings.Join(in, ", "), out, strings.Join(b.params("a"), ", "), out, call)
}

// list is A1, A2, …
func (b Binder) list(prefix string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprint(prefix, i+1))
	}
	return names
}

// params are the parameters of the original, with names if a prefix for them is given.
func (b Binder) params(name string) (params []string) {
	for i, t := range b.list("A", b.In) {
		if b.Variadic && i == b.In-1 {
			t = "..." + t
		}
		if name != "" {
			t = fmt.Sprintf("%s%d %s", name, i+1, t)
		}
		params = append(params, t)
	}
	return params
}

// results are those of the original, as they stand behind the parameters.
func (b Binder) results() string {
	return resultList(b.list("R", b.Out))
}

// resultList is how results stand behind the parameters of a function.
func resultList(types []string) string {
	switch len(types) {
	case 0:
		return ""
	case 1:
		return " " + types[0]
	default:
		return " (" + strings.Join(types, ", ") + ")"
	}
}

// twin are the types of the twin's parameters.
func (b Binder) twin(run string) []string {
	switch in := b.params(""); b.Form {
	case Expression:
		return slices.Insert(in, 1, run)
	case OnValue:
		return append([]string{run, "S"}, in...)
	default:
		return append([]string{run}, in...)
	}
}

// args are the arguments for the twin.
func (b Binder) args() []string {
	args := b.list("a", b.In)
	if b.Variadic {
		args[b.In-1] += "..."
	}
	switch b.Form {
	case Late:
		return args
	case Expression:
		return slices.Insert(args, 1, "_run")
	case OnValue:
		return append([]string{"_run", "s"}, args...)
	default:
		return append([]string{"_run"}, args...)
	}
}

// binder is the name of the binder for a function value of the given type, which the package's stubs will declare.
func (l *lowerer) binder(form Form, sig *types.Signature) string {
	b := Binder{Form: form, In: sig.Params().Len(), Out: sig.Results().Len(), Variadic: sig.Variadic()}
	return need(l.binders, b)
}
