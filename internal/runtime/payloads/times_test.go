package payloads

import (
	"testing"
	"time"
)

// The zone of a decoded time is the same on every host.
func TestDecodedTimesDoNotKnowTheHost(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	host := time.Local
	time.Local = berlin
	defer func() { time.Local = host }()
	type nested struct {
		At   time.Time
		Each []map[string]*time.Time
		Next *nested
	}
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, berlin)
	p, err := Encode("", []any{nested{At: summer, Each: []map[string]*time.Time{{"x": &summer}}, Next: &nested{At: summer}}})
	if err != nil {
		t.Fatal(err)
	}
	var got nested
	if err := Decode(p, &got); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{got.At, *got.Each[0]["x"], got.Next.At} {
		if !at.Equal(summer) || at.AddDate(0, 6, 0).Format("-07:00") != "+02:00" {
			t.Errorf("got %v, half a year on %v", at, at.AddDate(0, 6, 0))
		}
	}
}
