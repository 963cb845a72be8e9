package groups

// The list of the workflows.

import "context"

// Programs are the workflows of this package, by name.
var Programs = map[string]func(context.Context) (string, error){
	"AllSettled":      AllSettled,
	"Cause":           Cause,
	"Crawl":           Crawl,
	"EmptyGroup":      EmptyGroup,
	"EqualErrors":     EqualErrors,
	"EqualRunners":    EqualRunners,
	"Feeder":          Feeder,
	"FirstError":      FirstError,
	"FirstQuote":      FirstQuote,
	"Hedged":          Hedged,
	"ImpatientWait":   ImpatientWait,
	"Limit":           Limit,
	"Misuse":          Misuse,
	"Nested":          Nested,
	"NoQuote":         NoQuote,
	"PanicInGroup":    PanicInGroup,
	"Quorum":          Quorum,
	"Quotes":          Quotes,
	"RestIsCancelled": RestIsCancelled,
	"Rounds":          Rounds,
	"SharedCalls":     SharedCalls,
	"Stages":          Stages,
	"TryGo":           TryGo,
	"TwoWait":         TwoWait,
	"TypedEach":       TypedEach,
}
