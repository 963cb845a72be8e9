// Package ir is the description from which the emitter writes the generated file of a package: plain values that can
// be printed and compared.
package ir

import (
	"strings"
	"time"
)

// Package is what one package's generated file is written from.
type Package struct {
	Import
	Main        bool     // it is a command: its name is main
	Generator   string   // version of the generator
	Scope       []string // names that the author declares at package level, sorted
	Functions   []Activity
	Receivers   []Receiver
	Workflows   []Workflow
	Instances   []Instance // what the module's constructor takes, in its order
	Errors      []Error
	Sources     []Source
	Guards      []Source // of files that only some builds compile: each has a generated file of its own
	Includes    []Import // packages whose generated errors and sources this package's include
	Binders     []Binder
	Dispatchers []Dispatcher
}

// Import names a package.
type Import struct{ Path, Name string }

// Ref names something declared in a package.
type Ref struct {
	Pkg  Import
	Name string
}

// Type is a type expression.
type Type struct {
	Text     string   // in which packages are called p0, p1, and so on
	Packages []Import // those packages in order, with repetitions
}

// Param is a parameter or result. Name is the author's, and may be empty.
type Param struct {
	Name   string
	Type   Type // of a variadic parameter, that of an element
	Joined bool // the author wrote the type once, for this and the one before
	Role   Role
	Elems  []Type // what the role is about: the type of a signal's values, or of an update's input and answer
}

// Role is what a parameter of a workflow is for.
type Role int

// The roles.
const (
	Input  Role = iota // a value that the start request has
	Signal             // a channel of the signals with the parameter's name
	Update             // a channel of requests
)

// Signature leaves out the context that comes first and the error that comes last.
type Signature struct {
	Context  string // the author's name for the context
	Params   []Param
	Variadic bool // the last one is
	Results  []Param
}

// Inputs returns the parameters that are inputs.
func (s Signature) Inputs() (out []Param) {
	for _, p := range s.Params {
		if p.Role == Input {
			out = append(out, p)
		}
	}
	return out
}

// Func is what activities, steps and workflows have in common.
type Func struct {
	Name       string // as declared: Charge
	Doc        string // the author's comment, without directives
	Signature  Signature
	Registered string // identity in every history
	Queue      string // empty for a step
	Codec      string
	Pos        string // file:line
}

// Activity is an activity or a step.
type Activity struct {
	Func
	Step     bool
	Policy   Policy
	Final    []Final
	Receiver string // of a method: the author's name for the receiver, which may be empty
	Pointer  bool   // of a method: it is declared on the pointer
}

// Policy is when an attempt is given up and when the next one is made; see abi.Policy.
type Policy struct {
	StartToClose, ScheduleToStart, ScheduleToClose, Heartbeat time.Duration
	Attempts                                                  int
	BackoffMin, BackoffMax                                    time.Duration
	BackoffFactor                                             float64
}

// Final is an error that is not retried: a variable, or a type.
type Final struct {
	Ref
	Type    bool
	Pointer bool // of a type: the pointer to it is the error
}

// Receiver is a type of the package that has activities.
type Receiver struct {
	Type       Ref
	Interface  bool
	Activities []Activity
	Others     []Method // of an interface: the methods that it does not annotate itself
}

// Method is a method that an interface does not annotate itself.
type Method struct {
	Name      string
	Inputs    []Param
	Variadic  bool
	Results   []Param
	Annotated Ref // the embedded interface that annotates it, if one does
}

// Workflow is a workflow, with what its receiver is made of if it is a method.
type Workflow struct {
	Func
	Timeout time.Duration
	Version string
	Recv    *WorkflowReceiver
	// Continues says that it may continue as new.
	Continues bool
}

// WorkflowReceiver is how a run makes the receiver of its workflow.
type WorkflowReceiver struct {
	Type    Ref
	Pointer bool
	Fields  []Field
}

// Field is a field of a workflow's receiver: configuration if Type has no name.
type Field struct {
	Name      string
	Type      Ref // the type with the activities
	Interface bool
	Tag       string
}

// Config reports whether the field is configuration.
func (f Field) Config() bool { return f.Type.Name == "" }

// HasConfig reports whether any field of the receiver is configuration.
func (r *WorkflowReceiver) HasConfig() bool {
	if r == nil {
		return false
	}
	for _, f := range r.Fields {
		if f.Config() {
			return true
		}
	}
	return false
}

// Instance is one receiver that a worker gives to the module.
type Instance struct {
	Type       Ref
	Interface  bool
	Tag        string
	Activities bool // it has activities; else it is there for the configuration of a workflow
}

// Error is an error that keeps its identity through the codec.
type Error struct {
	Final
	Registered string
}

// Source is a file of the author, with the fingerprints that the generated code was made from.
type Source struct {
	File      string // base name
	Condition string // of a guard: under which builds the file is compiled
	Sums      map[string]string
}

// Guard is the base name of the generated file that holds the fingerprints of a file which only some builds compile.
// It keeps a GOOS or GOARCH suffix of the author's file name.
func (s Source) Guard() string { return strings.TrimSuffix(s.File, ".go") + ".guard.pawl.go" }
