package fanin

import "context"

// Programs are the workflows of this package, by their names.
var Programs = map[string]func(context.Context) (string, error){
	"Cheapest":    Cheapest,
	"Counted":     Counted,
	"Earliest":    Earliest,
	"Failing":     Failing,
	"Finish":      Finish,
	"Grouped":     Grouped,
	"Indexed":     Indexed,
	"Locked":      Locked,
	"Mapmade":     Mapmade,
	"Mapped":      Mapped,
	"MergeSorted": MergeSorted,
	"Mixed":       Mixed,
	"Nilled":      Nilled,
	"Quickest":    Quickest,
	"Quorum":      Quorum,
	"Recovered":   Recovered,
	"Served":      Served,
	"Slots":       Slots,
	"Sorted":      Sorted,
	"Surveyed":    Surveyed,
	"Timed":       Timed,
	"Toss":        Toss,
	"Tree":        Tree,
	"Watched":     Watched,
	"Weighted":    Weighted,
	"Zipped":      Zipped,
}
