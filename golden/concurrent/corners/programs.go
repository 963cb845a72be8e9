package corners

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"CopiedCond":       CopiedCond,
	"FailedWait":       FailedWait,
	"HidingLockers":    HidingLockers,
	"Lockers":          Lockers,
	"MixedLocker":      MixedLocker,
	"NilFields":        NilFields,
	"NilLockers":       NilLockers,
	"NilSync":          NilSync,
	"NilTimes":         NilTimes,
	"RangeInOrder":     RangeInOrder,
	"TimerWithChannel": TimerWithChannel,
	"SpinUntilStored":  SpinUntilStored,
	"SpinLock":         SpinLock,
	"SpinInTurns":      SpinInTurns,
	"CompareAndSwap":   CompareAndSwap,
}
