package parents

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"AfterFuncs":        AfterFuncs,
	"AlreadyEnded":      AlreadyEnded,
	"AlreadyEndedHooks": AlreadyEndedHooks,
	"Causes":            Causes,
	"Covered":           Covered,
	"Deadlines":         Deadlines,
	"Detached":          Detached,
	"EndsLater":         EndsLater,
	"HookTwice":         HookTwice,
	"HookedWork":        HookedWork,
	"Hooks":             Hooks,
	"NeverEnds":         NeverEnds,
	"NilParents":        NilParents,
	"NoError":           NoError,
	"NoValue":           NoValue,
	"OtherDone":         OtherDone,
	"SameDone":          SameDone,
	"Unhooks":           Unhooks,
	"ValueEnds":         ValueEnds,
}
