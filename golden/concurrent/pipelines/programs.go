package pipelines

import "context"

// Programs are the workflows of this package, by their names.
var Programs = map[string]func(context.Context) (string, error){
	"Assembly":       Assembly,
	"Batches":        Batches,
	"Bounded":        Bounded,
	"Bridged":        Bridged,
	"Collatz":        Collatz,
	"Crawl":          Crawl,
	"Debounced":      Debounced,
	"Diamond":        Diamond,
	"Doubled":        Doubled,
	"Dropped":        Dropped,
	"Filtered":       Filtered,
	"FirstMalformed": FirstMalformed,
	"Impatient":      Impatient,
	"OrDone":         OrDone,
	"Ordered":        Ordered,
	"Paused":         Paused,
	"PingPong":       PingPong,
	"Prefetched":     Prefetched,
	"Pulled":         Pulled,
	"Race":           Race,
	"Rescued":        Rescued,
	"Sieve":          Sieve,
	"Squares":        Squares,
	"Taken":          Taken,
	"Teed":           Teed,
	"Typed":          Typed,
	"Windows":        Windows,
}
