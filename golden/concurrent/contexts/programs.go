package contexts

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"BornDead":        BornDead,
	"Budget":          Budget,
	"CallbackOrder":   CallbackOrder,
	"Callbacks":       Callbacks,
	"CancellableCond": CancellableCond,
	"Causes":          Causes,
	"ClosingTime":     ClosingTime,
	"Compensation":    Compensation,
	"Generator":       Generator,
	"GivenUp":         GivenUp,
	"GracefulStop":    GracefulStop,
	"InTheLastSecond": InTheLastSecond,
	"Merged":          Merged,
	"Middle":          Middle,
	"Names":           Names,
	"NoDeadline":      NoDeadline,
	"OwnContext":      OwnContext,
	"Patience":        Patience,
	"Services":        Services,
	"ShorterWins":     ShorterWins,
	"SiblingsStop":    SiblingsStop,
	"TimedCauses":     TimedCauses,
	"Values":          Values,
	"Workers":         Workers,
}
