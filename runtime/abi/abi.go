// Package abi is what generated code calls: it calls nothing else of the engine.
//
// A lowered function takes the run as its first parameter, before the parameters of the author's function. It calls the
// functions of this package where the author's function calls an activity, a step, or something of the standard library
// that would differ on replay. All of them are called by the coroutine that has the run's turn.
//
// A generated file declares its [Package], and describes the package's activities and workflows with the methods of it.
package abi

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
)

// GeneratedV2 exists as long as this package supports code that was generated for version 2 of it.
const GeneratedV2 = true

// Policy limits the attempts at an activity, and says when the next one is made. Without a duration there is no limit;
// without Attempts there is no limit to their number.
type Policy = history.Policy

// Activity describes an annotated activity or step.
type Activity struct {
	Name   string // identifies it in every history: package path, type and method
	Queue  string
	Step   bool
	Policy Policy
	Final  func(error) bool // reports whether an error is one of final=…; nil if there are none
	Codec  string
	Pos    string // file:line of the declaration, for messages
}

// subject is what messages call an activity.
func (a *Activity) subject() string {
	if a.Step {
		return "step"
	}
	return "activity"
}

// Handler is an activity and the function that performs it.
type Handler struct {
	Activity *Activity
	Tag      string // distinguishes receivers of one type; empty for all but one of them
	Run      func(ctx context.Context, in Values) ([]any, error)
}

// Workflow describes an annotated workflow.
type Workflow struct {
	Name     string // identifies it in every history: package path, type and method
	Queue    string
	Timeout  time.Duration
	Version  string // changes with the code of the module that the workflow reaches, except for files with build constraints
	Codec    string
	Channels []Channel
	Pos      string // file:line of the declaration, for messages
	Errors   Errors // to decode the failure of a run

	// The rest is only set in a registration.

	Config func() map[string]any // fields of the receiver that are recorded when a run starts; nil if there are none
	Run    func(ctx context.Context, run *Run, in Values) ([]any, error)
}

// Registration is everything annotated in one package, for a worker to run.
type Registration struct {
	Package    string
	Generator  string // version of the generator
	Activities []Handler
	Workflows  []*Workflow
	Omitted    []string // activities, steps and workflows of the package that are left out because their receivers are nil
	Errors     Errors
	Sources    []Source
}

// Source is a file of the author, with the fingerprints of the declarations that code was generated from.
type Source struct {
	File string // path of the package and base name
	Text string // the file as it was when the program was built
	Sums map[string]string
}

// Errors lists errors that keep their identity when they are encoded and decoded.
type Errors []ErrorDef

// ErrorDef names an error variable or type for the codec.
type ErrorDef = failures.ErrorDef

// Sentinel names a package-level error variable.
func Sentinel(name string, err error) ErrorDef { return failures.Sentinel(name, err) }

// ErrorType names a type that implements error.
func ErrorType[T error](name string) ErrorDef { return failures.ErrorType[T](name) }

// Values holds encoded inputs.
type Values struct {
	Payload history.Payload
	run     *Run // set in a workflow: it is parked if its input cannot be decoded
	exact   bool // unknown fields are an error
}

// Decode decodes the values, in order, into what dst points to.
func (v Values) Decode(dst ...any) error {
	decode := payloads.Decode
	if v.exact {
		decode = payloads.DecodeExactly
	}
	err := decode(v.Payload, dst...)
	if err != nil && v.run != nil {
		v.run.x.Fail(fmt.Errorf("input of workflow %s: %w; deploy code that can decode it, or terminate the run", v.run.workflow.Name, err))
	}
	return err
}
