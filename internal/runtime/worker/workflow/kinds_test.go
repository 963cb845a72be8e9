package workflow

import (
	"encoding/binary"
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// A kind of event that starts an operation needs a line in kinds: without one, the operation never ends.
func TestEveryOperationHasItsLine(t *testing.T) {
	operations := 0
	for number := range 100 {
		body := empty(number)
		if body == nil || !body.Details().Starts {
			continue
		}
		operations++
		k, ok := kinds[body.Details().Kind]
		if !ok {
			t.Errorf("kinds has no line for %T", body)
			continue
		}
		if k.recorded == nil && k.expired == nil {
			t.Errorf("nothing follows from %T, and it is never due", body)
		}
		if k.recorded != nil && (k.missing == nil || k.again == nil) {
			t.Errorf("what follows from %T is not repaired after a crash", body)
		}
	}
	if operations < 3 {
		t.Errorf("found %d operations: the test does not look at all kinds", operations)
	}
}

// empty decodes an empty event of the kind with the given number in the schema, or returns nil if there is none.
func empty(number int) history.Body {
	event := append(binary.AppendUvarint(nil, uint64(number)<<3|2), 0)
	record := append([]byte{1 << 3, history.Format, 6<<3 | 2, byte(len(event))}, event...)
	rec, err := history.UnmarshalRecord(record)
	if err != nil {
		return nil
	}
	return rec.Events[0].Body
}
