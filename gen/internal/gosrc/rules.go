// The rules of the front end, in the words of pawl explain.

package gosrc

import "github.com/pawlhq/pawl/gen/diag"

// The rules that loading and describing the author's code can find broken.
var (
	RuleCompile = diag.Rule{ID: "PWL100", Title: "the code does not compile", Doc: `
Pawl reads code that the Go compiler accepts. The names of generated stubs need not exist yet: they are added before the
code is type-checked. Everything else that the compiler would report is reported here first, at the same place.`}

	RuleDirective = diag.Rule{ID: "PWL101", Title: "a directive is not understood", Doc: `
A directive is a line comment that begins with //pawl: and a kind, followed by options of the form name=value:

	//pawl:activity timeout=10s attempts=5 backoff=1s..1m

An unknown kind or option, a value of the wrong form, an option given twice, or options that contradict each other are
errors, since a misspelt option would otherwise quietly keep its default.`}

	RulePlace = diag.Rule{ID: "PWL102", Title: "a directive stands where it means nothing", Doc: `
activity and step belong directly above a function, a method of a type, or a method of an interface type; workflow above
a function or a method of a type; pure above a function. No blank line may stand between a directive and what it is for,
one declaration has one of them, and files that only some builds or tests compile cannot hold any: workers must agree on
what exists.`}

	RuleSignature = diag.Rule{ID: "PWL103", Title: "a signature cannot be called durably", Doc: `
Activities, steps and workflows take a context.Context first and return an error last:

	func Charge(ctx context.Context, o Order) (ChargeID, error)

Between them stand any inputs and any results. They have no type parameters, of their own or of their receiver: a
history names one function, not one for each type.`}

	RuleEncode = diag.Rule{ID: "PWL104", Title: "a type would not survive the history", Doc: `
Inputs and results are recorded, and read back on replay and by other processes, as JSON unless a codec is named.
Functions and channels cannot be recorded, an interface does not say what to read back, and an unexported field would be
dropped without a word. Export the field, tag it json:"-" to say that dropping it is meant, give the type MarshalJSON
and UnmarshalJSON, or name a codec with codec=….`}

	RuleName = diag.Rule{ID: "PWL105", Title: "two things have one name", Doc: `
The name of an activity, step or workflow is its identity in every history. It follows from package, type and function,
or is given with name=…; it must be used once. Names that Pawl generates (StartCheckout, PawlRegistration, …) must be free in
the package, too.`}

	RuleReceiver = diag.Rule{ID: "PWL106", Title: "a workflow's receiver holds process state", Doc: `
A run moves between processes, and what its receiver holds must be the same in all of them. It may hold activities, as a
pointer to the type that has them or as an annotated interface, and configuration, which is recorded when a run starts:

	type Flow struct {
		Payments *Payments
		Backup   *Payments ` + "`pawl:\"backup\"`" + `  // a tag tells two of one type apart
		Stock    Stock
		Fee      int       ` + "`pawl:\"config\"`" + `
	}

Anything else, such as a database handle, a counter or a mutex, belongs into an activity.`}

	RuleFinal = diag.Rule{ID: "PWL107", Title: "final= names no error", Doc: `
final= lists errors after which an activity is not tried again: package-level variables of type error, and types that
implement error (with a star if the pointer does), of this package or of one that the file imports.`}

	RuleUnsupported = diag.Rule{ID: "PWL108", Title: "not supported yet", Doc: `
The directive is part of the language, but this release of Pawl does not compile it yet.`}

	RuleOutput = diag.Rule{ID: "PWL199", Title: "generated code does not compile", Doc: `
Before anything is written, all output is type-checked together with the author's code. An error there is a fault of the
compiler, not of the author: please report it with the line of code that it names.`}
)

// Rules lists them all.
var Rules = []diag.Rule{
	RuleCompile, RuleDirective, RulePlace, RuleSignature, RuleEncode, RuleName, RuleReceiver, RuleFinal, RuleUnsupported, RuleOutput,
}
