// Package abi is the only door for generated code: what the compiler writes calls nothing else of the engine.
//
// A lowered function has the run as its hidden first parameter and calls the functions of this package where the
// author's function calls an activity, a step, or something of the standard library that would differ on replay.
// All of them are called by the coroutine that has the run's turn.
package abi

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/codec"
)

// GeneratedV1 exists as long as this runtime takes code that was generated for version 1 of this package.
const GeneratedV1 = true

// Policy is when an attempt at an activity is given up and when the next one is made. Zero durations mean "none",
// zero Attempts "for ever".
type Policy = history.Policy

// Activity describes an annotated activity or step. Generated code keeps one value of it per annotation.
type Activity struct {
	Name   string // package path, type and method: its identity in every history
	Queue  string
	Step   bool
	Policy Policy
	Final  func(error) bool // reports the errors of final=…; nil if there are none
	Codec  string
	Pos    string // file:line of the declaration, for people
}

// Handler is an activity with the code that runs it.
type Handler struct {
	Activity *Activity
	Tag      string // tells two receivers of one activity type apart; usually empty
	Run      func(ctx context.Context, in Values) ([]any, error)
}

// Workflow describes an annotated workflow with its lowered code.
type Workflow struct {
	Name      string
	Queue     string
	Timeout   time.Duration
	Version   string // changes when lowered code that the workflow reaches in its module does, files with build conditions aside
	Generator string // version of the generator that wrote it
	Codec     string
	Pos       string
	Errors    Errors                // the errors of the package, for whoever decodes the run's failure
	Config    func() map[string]any // config fields of the receiver, recorded when a run starts; nil if there are none
	Run       func(run *Run, ctx context.Context, in Values) ([]any, error)
}

// Registration is everything annotated in one package, for a worker to run.
type Registration struct {
	Package    string
	Generator  string // version of the generator that wrote it
	Activities []Handler
	Workflows  []*Workflow
	Errors     Errors
	Sources    []Source
}

// Source is a file of the author with the fingerprints that its functions had when code was generated from them.
type Source struct {
	File string // its package's path and its base name
	Text string // as it is now, embedded at build time
	Sums map[string]string
}

// Errors are the errors of a package that keep their identity through the codec.
type Errors []ErrorDef

// ErrorDef gives an error variable or type a name that survives the codec.
type ErrorDef = codec.ErrorDef

// Sentinel names a package-level error variable.
func Sentinel(name string, err error) ErrorDef { return codec.Sentinel(name, err) }

// ErrorType names a type that implements error.
func ErrorType[T error](name string) ErrorDef { return codec.ErrorType[T](name) }

// Values are encoded inputs.
type Values struct {
	Payload history.Payload
	run     *Run // set in a workflow: what does not decode parks it
}

// Decode fills dst, pointers to the values in their order.
func (v Values) Decode(dst ...any) error {
	err := codec.Decode(v.Payload, dst...)
	if err != nil && v.run != nil {
		v.run.x.Fail(fmt.Errorf("input of workflow %s: %w; run a worker whose code takes it, or terminate the run", v.run.workflow.Name, err))
	}
	return err
}
