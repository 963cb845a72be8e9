package check

import (
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// The rules of this package. Their numbers are stable: authors accept them by name.
const (
	address        = "PWL215"
	varWrite       = "PWL221"
	varMutable     = "PWL222"
	varInit        = "PWL223"
	varDurable     = "PWL224"
	varAlias       = "PWL225"
	activityState  = "PWL226"
	childWorkflow  = "PWL231"
	selfCall       = "PWL232"
	dynamicDurable = "PWL233"
	noSource       = "PWL234"
	recoverValue   = "PWL235"
	localType      = "PWL236"
	oldLoop        = "PWL237"
	reservedName   = "PWL238"
	dotTwice       = "PWL239"
	deadBranch     = "PWL241"
	contextValue   = "PWL242"
	unusedAllow    = "PWL251"
	unusedPure     = "PWL252"
)

// Rules is the catalogue of what this package checks, by number.
var Rules = sorted(stdlib.Rules, []diag.Rule{
	{ID: address, Title: "address of a value in text", Doc: `
%p prints an address, and so does %v for a pointer inside of something else, a channel or a function. Addresses differ
on every replay. Print the value that it points to. Values are followed into interfaces: what a workflow prints as any
must hold no address either. In fields that are not exported, package fmt calls no methods: it prints the address that is
in an error or in a time with a zone.`},
	{ID: varWrite, Title: "write to a package variable", Doc: `
All runs of a worker share its package variables, and a replay writes them again. Keep the value in a local variable and
hand it on, or return it.`},
	{ID: varMutable, Title: "read of a package variable that changes", Doc: `
The variable is written after its package was initialised, so a replay may read another value than the first execution.
Pass the value as an input of the workflow or in a config field of its receiver, or read it in an activity.`},
	{ID: varInit, Title: "package variable that differs between processes", Doc: `
The variable gets its value from the clock, from chance or from the environment when the process starts, so each worker
has another one. Initialise it with constants, or pass the value as an input of the workflow. A time in text is the same
everywhere as time.ParseInLocation(layout, value, time.UTC).`},
	{ID: varDurable, Title: "durable function in a package variable", Doc: `
A function that calls activities, sleeps or logs is run through a copy that belongs to the run. A package variable holds
the original, which would do its work anew on every replay. Make the table in a function that the workflow calls.`},
	{ID: varAlias, Title: "package variable that may be written through another name", Doc: `
All runs of a worker share what a package variable points to. In workflow code it may be read in place, and handed to
functions that only read it. Handed on, stored or returned, it may be written, and a replay would read another value.
Copy it (slices.Clone, maps.Clone), pass it as an input of the workflow, or accept it with //pawl:allow PWL225 and the
reason, at the use or at the variable.`},
	{ID: activityState, Title: "state of an activity's receiver in workflow code", Doc: `
In a workflow an activity's receiver only stands for the place where its activities run: its fields are empty there.
Read the field in an activity and return what the workflow needs.`},
	{ID: childWorkflow, Title: "call of a workflow", Doc: `
A workflow called by a workflow is a child. Child workflows come with a later release. Put what both need into a plain
function, which any workflow may call.`},
	{ID: selfCall, Title: "workflow that ends by calling itself", Doc: `
The call has two readings: a child workflow, or this run going on with a fresh history (continue as new). The first
will be written as it is here, the second with //pawl:continue above it; both come with a later release. Write a loop.`},
	{ID: dynamicDurable, Title: "dynamic call of a durable function", Doc: `
The standard library or third-party code calls the method, and knows nothing of the run; the method calls activities,
sleeps or logs. Call it in workflow code and pass on what it gives, or pass a function literal: slices.SortFunc takes
one where sort.Sort takes methods. Behind sync.Locker the run knows the locks of package sync, and no others. A call that workflow code makes through an interface of its own is no trouble, unless
the value behind it is of a type that hides the method and that Pawl can add nothing to: one of another module, or one
declared in a function, that embeds the interface or has such a method in front of the durable one.`},
	{ID: noSource, Title: "function without Go source", Doc: `
The function has no body in Go, or Pawl has generated it for callers outside of workflows. Its behaviour is not known.
Call it in an activity.`},
	{ID: recoverValue, Title: "function value that recovers", Doc: `
recover works only in the very function that was deferred. As a value, this function is bound to the run by another
function around it, and its recover would give nil. Defer the function itself, or write a function literal that recovers.`},
	{ID: localType, Title: "type of a function that leaves it", Doc: `
A type declared in a function is another type in the function's durable copy. Where its identity matters (errors.As, an
activity's input) the two do not meet. Declare it outside of the function.`},
	{ID: oldLoop, Title: "map range in an old language version", Doc: `
The file asks for a Go version before 1.23, which has no iterators. A durable range over a map needs one where the head
of the loop assigns to an element, a field or a variable of another type. Assign to plain variables there, or raise the
version in the file's go:build line.`},
	{ID: reservedName, Title: "reserved name", Doc: `
Names that end in __pawl belong to generated code. Choose another one.`},
	{ID: dotTwice, Title: "import with a dot of a package with generated code", Doc: `
Packages with annotations, or with functions that workflows run durably, have generated code, and some of its names are
the same in each of them: PawlRegistration, for one. Imported with a dot into one another, they collide. Import the package
with its name.`},
	{ID: deadBranch, Title: "error that never arrives", Doc: `
An activity is retried until it succeeds, unless the error is final. This error is not, and the activity retries it for
ever, so the branch is never taken. Name the error in the activity's final=, return it through pawl.Final, or bound the
attempts with attempts=.`},
	{ID: contextValue, Title: "context value stays behind", Doc: `
A value put into a context is seen by the workflow's own code, but crosses to activities only through a registered
propagator. Pass it as an argument, or register one.`},
	{ID: unusedAllow, Title: "pawl:allow that accepts nothing", Doc: `
The statement or declaration below the directive does not break the rule it names. Remove the directive, so that it
cannot hide a later mistake.`},
	{ID: unusedPure, Title: "pawl:pure that changes nothing", Doc: `
The function is deterministic as far as Pawl can see, with or without the directive. Remove it, so that the body is
checked again when it changes.`},
})

func sorted(rules ...[]diag.Rule) []diag.Rule {
	return slices.SortedFunc(slices.Values(slices.Concat(rules...)), func(a, b diag.Rule) int { return strings.Compare(a.ID, b.ID) })
}
