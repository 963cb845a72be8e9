// Package third is somebody else's.
package third

type Decimal struct{ cents int64 }

func New(cents int64) Decimal { return Decimal{cents} }

func (d Decimal) Add(o Decimal) Decimal { return Decimal{d.cents + o.cents} }

func (d Decimal) String() string { return "?" }

var Zero Decimal
