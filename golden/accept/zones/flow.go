// Package zones reckons in time zones. The rules of a zone are recorded with the run that loads it.
package zones

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// Open says when an office opens.
//
//pawl:activity
func Open(ctx context.Context, office string) (time.Time, error) {
	return time.Date(2026, time.March, 28, 9, 30, 0, 0, time.UTC), nil
}

// Offices tells the time at which offices open, as their clocks and others show it.
//
//pawl:workflow
func Offices(ctx context.Context) (times []string, err error) {
	note := func(t time.Time) { times = append(times, t.Format(time.RFC1123Z)) }
	opens, err := Open(ctx, "Berlin")
	if err != nil {
		return nil, err
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	for day := range 2 {
		note(opens.AddDate(0, 0, day).In(berlin))
	}
	again, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	_, unknown := time.LoadLocation("Europe/Atlantis")
	note(time.Date(2026, time.July, 1, 12, 0, 0, 0, again))
	note(opens.In(time.FixedZone("UTC-8", -8*60*60)))
	time.Sleep(time.Minute)
	parsed, bad := time.Parse(time.RFC3339, "2026-07-01T12:00:00+09:00")
	note(parsed)
	local, worse := time.ParseInLocation(time.DateTime, "2026-12-24 18:00:00", berlin)
	note(local.Truncate(time.Hour))
	note(time.Unix(0, 0).UTC())
	var visit struct{ From, To time.Time }
	odd := json.Unmarshal([]byte(`{"From": "2026-07-01T12:00:00+02:00"}`), &visit)
	late := json.NewDecoder(strings.NewReader(`"2026-07-01T14:00:00-05:00"`)).Decode(&visit.To)
	note(visit.From)
	note(visit.To)
	note(time.UnixMilli(opens.UnixMilli()).In(berlin))
	if unknown == nil || !opens.Equal(opens.In(berlin)) {
		return nil, errors.New("there is an Atlantis")
	}
	return times, errors.Join(bad, worse, odd, late)
}
