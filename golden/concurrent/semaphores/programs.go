package semaphores

import "context"

// Programs are the workflows of this package, by their names.
var Programs = map[string]func(context.Context) (string, error){
	"Cached":       Cached,
	"Crowded":      Crowded,
	"Either":       Either,
	"Exclusive":    Exclusive,
	"Filled":       Filled,
	"Gaveup":       Gaveup,
	"Grown":        Grown,
	"Lent":         Lent,
	"Lockers":      Lockers,
	"Mutexed":      Mutexed,
	"Nested":       Nested,
	"Philosophers": Philosophers,
	"Released":     Released,
	"Seated":       Seated,
	"Shared":       Shared,
	"Three":        Three,
	"Tried":        Tried,
	"TryLocked":    TryLocked,
	"Turnstile":    Turnstile,
	"Uploads":      Uploads,
	"Weighed":      Weighed,
	"Writers":      Writers,
}
