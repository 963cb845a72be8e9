// Helpers: the generic functions that the lowered files of a package call, and that its generated file declares. A
// helper's name determines its code, so equal helpers have equal names.

package ir

import "fmt"

// Suffix ends the names of lowered functions and of the generated functions that they call.
const Suffix = "__pawl"

// ChildSuffix ends the names of the generated functions that call workflows as children.
const ChildSuffix = "__child" + Suffix

// ContinueSuffix ends the names of the generated functions with which workflows continue as new.
const ContinueSuffix = "__continue" + Suffix

// Shape counts the parameters and results of a function.
type Shape struct {
	In, Out  int
	Variadic bool // the last parameter is
}

// String returns 2x1 for two parameters and one result, 2vx1 if the function is variadic.
func (s Shape) String() string {
	variadic := ""
	if s.Variadic {
		variadic = "v"
	}
	return fmt.Sprintf("%d%sx%d", s.In, variadic, s.Out)
}

// Binder is a generic function that binds a lowered function to the run, so that the result has the original's type.
// The form Late is different: it binds a function to its arguments.
type Binder struct {
	Shape // of the original; the receiver of a method expression counts as a parameter
	Form  Form
	// Recovers: what is bound may recover. It cannot do so itself, because the function that binds it stands between it and
	// a defer statement. So that function recovers, defers what is bound, and panics again.
	Recovers bool
}

// Form says where a lowered function takes the run.
type Form int

// The forms.
const (
	Plain      Form = iota // first: a function, or a method value, whose receiver is already bound
	Expression             // second, after the receiver: a method expression
	OnValue                // first, before the value that is the receiver: a method value of an interface
	Late                   // nowhere: a go statement evaluates the arguments now, and the goroutine calls the function later
)

// Name returns the binder's name, such as bind2x1__pawl for functions of two parameters with one result.
func (b Binder) Name() string {
	return [...]string{"bind", "bindexpr", "bindon", "late"}[b.Form] + recovering(b.Recovers) + b.Shape.String() + Suffix
}

func recovering(yes bool) string {
	if yes {
		return "recovering"
	}
	return ""
}

// Dispatcher is a generic function that turns the value in an interface into one that has the lowered method, too.
type Dispatcher struct {
	Shape      // of the method
	Method     string
	Expression bool // it turns a method expression into a function instead
	Recovers   bool // with Expression: as of a Binder
}

// Name returns the dispatcher's name, such as dispatchSave_1x1__pawl for methods Save of one parameter with one result.
func (d Dispatcher) Name() string {
	if d.Expression {
		return d.name("express" + recovering(d.Recovers))
	}
	return d.name("dispatch")
}

// Plain returns the name of the type that stands in for values without the lowered method.
func (d Dispatcher) Plain() string { return d.name("plain") }

// Value returns the dispatcher of values, which one of method expressions calls.
func (d Dispatcher) Value() Dispatcher {
	d.Expression, d.Recovers = false, false
	return d
}

func (d Dispatcher) name(verb string) string {
	return verb + d.Method + "_" + d.Shape.String() + Suffix
}
