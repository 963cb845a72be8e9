// Package abi is the only door for generated code: what the compiler writes calls nothing else of the engine.
package abi

import (
	"context"
	"log"
	"log/slog"
	"math/rand"
	randv2 "math/rand/v2"
	"time"
)

// GeneratedV1 exists as long as this runtime takes code that was generated for version 1 of this package.
const GeneratedV1 = true

// Run is one execution of a workflow as its lowered code sees it: the hidden first parameter.
type Run struct{}

// Policy is when an attempt at an activity is given up and when the next one is made. Zero durations mean "none",
// zero Attempts "for ever".
type Policy struct {
	StartToClose    time.Duration
	ScheduleToStart time.Duration
	ScheduleToClose time.Duration
	Heartbeat       time.Duration
	Attempts        int
	BackoffMin      time.Duration
	BackoffMax      time.Duration
	BackoffFactor   float64
}

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
	Name    string
	Queue   string
	Timeout time.Duration
	Version string // changes when the lowered code of the workflow, or of anything it reaches in its module, does
	Codec   string
	Pos     string
	Errors  Errors                // the errors of the package, for whoever decodes the run's failure
	Config  func() map[string]any // config fields of the receiver, recorded when a run starts; nil if there are none
	Run     func(run *Run, ctx context.Context, in Values) ([]any, error)
}

// Module is everything annotated in one package, for a worker to run.
type Module struct {
	Package    string
	Generator  string // version of the generator that wrote it
	Activities []Handler
	Workflows  []*Workflow
	Errors     Errors
	Sources    []Source
}

// Source is a file of the author with the fingerprints that its functions had when code was generated from them.
type Source struct {
	File string // base name
	Text string // as it is now, embedded at build time
	Sums map[string]string
}

// Values are encoded inputs or results.
type Values struct{}

// Decode fills dst, pointers to the values in their order.
func (v Values) Decode(dst ...any) error { panic("todo") }

// ErrorDef makes an error of the author's keep its identity through the codec.
type ErrorDef struct {
	Name string
}

// Sentinel registers a package-level error variable under its qualified name.
func Sentinel(name string, err error) ErrorDef { panic("todo") }

// ErrorType registers a type that implements error under its qualified name.
func ErrorType[T error](name string) ErrorDef { panic("todo") }

// Call schedules an activity or runs a step, waits for its outcome and decodes the results into out.
func Call(run *Run, ctx context.Context, a *Activity, in []any, out ...any) error { panic("todo") }

// CallOn is Call for a method; recv is the receiver, whose tag tells two receivers of one type apart.
func CallOn(run *Run, recv any, ctx context.Context, a *Activity, in []any, out ...any) error {
	panic("todo")
}

// Receiver makes the stand-in for an activity receiver of type T in a workflow's receiver.
func Receiver[T any](run *Run, tag string) *T { panic("todo") }

// Config fills dst with the recorded value of a config field.
func Config(run *Run, field string, dst any) error { panic("todo") }

// Now is time.Now in a run.
func Now(run *Run) time.Time { panic("todo") }

// Since is time.Since in a run.
func Since(run *Run, t time.Time) time.Duration { return Now(run).Sub(t) }

// Until is time.Until in a run.
func Until(run *Run, t time.Time) time.Duration { return t.Sub(Now(run)) }

// Sleep is time.Sleep in a run: a durable timer.
func Sleep(run *Run, d time.Duration) { panic("todo") }

// Rand stands for the functions of math/rand.
func Rand(run *Run) *rand.Rand { panic("todo") }

// RandV2 stands for the functions of math/rand/v2.
func RandV2(run *Run) *randv2.Rand { panic("todo") }

// RandN is rand.N of math/rand/v2.
func RandN[I ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr](run *Run, n I) I {
	panic("todo")
}

// Slog stands for slog.Default and the functions of log/slog: silent on replay.
func Slog(run *Run) *slog.Logger { panic("todo") }

// Log stands for log.Default and the functions of log: silent on replay.
func Log(run *Run) *log.Logger { panic("todo") }

// Print, Printf and Println are those of fmt: silent on replay.
func Print(run *Run, a ...any) (int, error)                 { panic("todo") }
func Printf(run *Run, format string, a ...any) (int, error) { panic("todo") }
func Println(run *Run, a ...any) (int, error)               { panic("todo") }

// BuiltinPrint and BuiltinPrintln are the built-ins print and println: silent on replay.
func BuiltinPrint(run *Run, a ...any)   { panic("todo") }
func BuiltinPrintln(run *Run, a ...any) { panic("todo") }

// MapRange ranges over m in the order of its keys.
func MapRange[M ~map[K]V, K comparable, V any](m M) *MapIter[K, V] { panic("todo") }

// MapIter is a running range over a map.
type MapIter[K comparable, V any] struct{}

// Next moves to the next key that is still in the map.
func (it *MapIter[K, V]) Next() bool { panic("todo") }

// Key is the key that Next moved to.
func (it *MapIter[K, V]) Key() K { panic("todo") }

// Value is the value of Key at the time of Next.
func (it *MapIter[K, V]) Value() V { panic("todo") }

// Errors are the errors of a package that keep their identity through the codec.
type Errors []ErrorDef
