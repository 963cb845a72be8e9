// The rules that loading can find broken, as pawl explain prints them.

package gosrc

import "github.com/pawlhq/pawl/gen/diag"

// The rules of loading. Other packages refer to the exported ones.
var (
	RuleCompile = diag.Rule{ID: "PWL100", Title: "the code does not compile", Doc: `
Pawl reads code that the Go compiler accepts. The names of generated stubs need not exist yet: Pawl adds them before it
type-checks the code. It reports everything else that the compiler would report, at the same place.`}

	ruleDirective = diag.Rule{ID: "PWL101", Title: "a directive is invalid", Doc: `
A directive is a line comment that begins with //pawl: and a kind, followed by options of the form name=value:

	//pawl:activity timeout=10s attempts=5 backoff=1s..1m

An unknown kind or option, a value of the wrong form, an option that is set twice, and options that contradict each other
are errors. Otherwise a misspelt option would silently keep its default.`}

	rulePlace = diag.Rule{ID: "PWL102", Title: "a directive is in the wrong place", Doc: `
Write activity and step directly above a function, a method of a type, or a method of an interface type; workflow above
a function or a method of a type; pure above a function. There must be no blank line between a directive and its
declaration, and a declaration has at most one directive. Files that only some builds or tests compile cannot have
directives: all workers must agree on what exists.`}

	ruleOutput = diag.Rule{ID: "PWL199", Title: "generated code does not compile", Doc: `
Before Pawl writes anything, it type-checks all output together with the author's code. An error there is a bug in Pawl,
not in the author's code. Please report it with the line of code that it names.`}
)

// Rules lists them all.
var Rules = []diag.Rule{RuleCompile, ruleDirective, rulePlace, ruleOutput}
