// Package uuids names things by UUIDs that the run draws: every replay draws the same ones again.
package uuids

import (
	"context"
	"time"

	"github.com/google/uuid"
)

//go:generate go tool pawl generate

// Label counts the labels it is given. Its inputs are recorded, so a replay that drew others would be noticed.
//
//pawl:activity
func Label(ctx context.Context, labels []string) (int, error) { return len(labels), nil }

// Parcel is sent under names of its own.
type Parcel struct {
	ID     uuid.UUID
	Sender uuid.UUID
}

// Versions are those of the ids that it draws, in every way that the package has.
//
//pawl:workflow
func Versions(ctx context.Context) (versions []int, labelled int, err error) {
	parcel := Parcel{ID: uuid.New(), Sender: uuid.NewSHA1(uuid.NameSpaceDNS, []byte("pawl.example"))}
	drawn, err := uuid.NewRandom()
	if err != nil {
		return nil, 0, err
	}
	time.Sleep(time.Minute)
	ordered := uuid.Must(uuid.NewV7())
	named := uuid.MustParse(uuid.NewString())
	draw := uuid.New // as a value, too

	ids := []uuid.UUID{parcel.ID, parcel.Sender, drawn, ordered, named, draw()}
	var labels []string
	seen := map[uuid.UUID]bool{}
	for _, id := range ids {
		versions = append(versions, int(id.Version()))
		labels = append(labels, id.String())
		seen[id] = true
	}
	if labelled, err = Label(ctx, labels); err != nil {
		return nil, 0, err
	}
	return versions, labelled - len(seen), nil
}
