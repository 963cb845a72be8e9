// Package codecs has inputs and results that JSON cannot encode. A codec of the author encodes them.
package codecs

import (
	"bytes"
	"context"
	"encoding/gob"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Shape is an interface. JSON does not record which type is in it.
type Shape interface{ Area() int }

// Square is a Shape.
type Square struct{ Side int }

// Area implements Shape.
func (s Square) Area() int { return s.Side * s.Side }

// Rect is a Shape.
type Rect struct{ Width, Height int }

// Area implements Shape.
func (r Rect) Area() int { return r.Width * r.Height }

func init() {
	gob.Register(Square{})
	gob.Register(Rect{})
	pawl.RegisterCodec(gobCodec{})
}

// gobCodec encodes values with package gob, which records the types in interfaces.
type gobCodec struct{}

func (gobCodec) Name() string { return "gob" }

func (gobCodec) Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func (gobCodec) Unmarshal(data []byte, v any) error {
	return gob.NewDecoder(bytes.NewReader(data)).Decode(v)
}

// Drawing is a list of shapes.
type Drawing struct{ Shapes []Shape }

// Turn turns a shape by a quarter.
//
//pawl:activity codec=gob
func Turn(ctx context.Context, d Drawing) (Drawing, error) {
	var turned Drawing
	for _, s := range d.Shapes {
		if r, ok := s.(Rect); ok {
			s = Rect{Width: r.Height, Height: r.Width}
		}
		turned.Shapes = append(turned.Shapes, s)
	}
	return turned, nil
}

// Areas turns a drawing and returns its areas.
//
//pawl:workflow codec=gob
func Areas(ctx context.Context, d Drawing) (turned Drawing, areas []int, err error) {
	turned, err = Turn(ctx, d)
	for _, s := range turned.Shapes {
		areas = append(areas, s.Area())
	}
	return turned, areas, err
}
