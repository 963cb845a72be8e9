// The rules for what is annotated, as pawl explain prints them.

package describe

import "github.com/pawlhq/pawl/gen/diag"

// The rules about annotated functions. Other packages refer to the exported ones.
var (
	ruleSignature = diag.Rule{ID: "PWL103", Title: "a signature cannot be called durably", Doc: `
Activities, steps and workflows take a context.Context first and return an error last:

	func Charge(ctx context.Context, o Order) (ChargeID, error)

There may be any inputs and results between them. Neither the function nor its receiver has type parameters: a history
identifies one function, not one for each type.`}

	ruleEncode = diag.Rule{ID: "PWL104", Title: "a type cannot be recorded", Doc: `
Inputs and results are recorded as JSON unless the directive names a codec, and read back on replay and by other
processes. Functions and channels cannot be recorded, an interface does not say what type to read back, and JSON drops
some fields silently: an unexported one, one whose JSON name another field has, and the fields next to an embedded type
with a MarshalJSON of its own. Export the field, rename it, tag it json:"-" if it may be dropped, give the type MarshalJSON
and UnmarshalJSON, or name a codec with codec=…. With codec=json, these checks are left out, and JSON does what it does.`}

	RuleName = diag.Rule{ID: "PWL105", Title: "a name is used twice", Doc: `
The name of an activity, step or workflow identifies it in every history. It is derived from package, type and function,
or set with name=…, and must be unique. The names that Pawl generates (StartCheckout, PawlRegistration, …) must not be
declared in the package.`}

	ruleReceiver = diag.Rule{ID: "PWL106", Title: "a workflow's receiver holds process state", Doc: `
A run moves between processes, and its receiver must be the same in all of them. The receiver may hold activities, as a
pointer to the type that has them or as an annotated interface, and configuration, which is recorded when a run starts:

	type Flow struct {
		Payments *Payments
		Backup   *Payments ` + "`pawl:\"backup\"`" + `  // a tag distinguishes two fields of one type
		Stock    Stock
		Fee      int       ` + "`pawl:\"config\"`" + `
	}

Anything else, such as a database handle, a counter or a mutex, belongs in an activity.`}

	ruleFinal = diag.Rule{ID: "PWL107", Title: "final= does not name an error", Doc: `
final= lists errors that are not retried: package-level variables of type error, and types that implement error (with a
star if the pointer does), of this package or of one that the file imports.`}

	ruleSignal = diag.Rule{ID: "PWL109", Title: "a signal of a workflow cannot be received", Doc: `
A channel that a workflow takes is a signal. The parameter's name is the signal's name, and the element type is the type
of its values:

	func Checkout(ctx context.Context, o Order, shipped <-chan Tracking) (Tracking, error)

Clients send values with the generated method Shipped of the run's handle. Renaming the parameter renames the signal.`}
)

// Rules lists them all.
var Rules = []diag.Rule{ruleSignature, ruleEncode, RuleName, ruleReceiver, ruleFinal, ruleSignal}
