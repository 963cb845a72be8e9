package payloads

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/codec"
)

type mapObjects map[string][]byte

func (m mapObjects) PutObject(_ context.Context, name string, data []byte) error {
	m[name] = bytes.Clone(data)
	return nil
}

func (m mapObjects) GetObject(_ context.Context, name string) ([]byte, error) {
	if data, ok := m[name]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("no object %q", name)
}

func TestUnknownFieldsAreRefusedInExactInput(t *testing.T) {
	type order struct{ ID string }
	p, err := Encode("", []any{map[string]string{"Id_": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	var o order
	if err := Decode(p, &o); err != nil {
		t.Errorf("a recorded value: %v", err)
	}
	if err := DecodeExactly(p, &o); err == nil || !strings.Contains(err.Error(), `unknown field "Id_"`) {
		t.Errorf("an input: %v", err)
	}
	p, err = Encode("", []any{order{"7"}, nil})
	if err != nil {
		t.Fatal(err)
	}
	var none *order
	if err := DecodeExactly(p, &o, &none); err != nil || o.ID != "7" {
		t.Errorf("known fields: %v, %v", o, err)
	}
}

func TestChain(t *testing.T) {
	aes, err := codec.AES(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	ctx, objects := context.Background(), mapObjects{}
	big := strings.Repeat("pawl ", 1000)
	for _, c := range []*Chain{
		{},
		{Transforms: []codec.Transform{codec.Gzip{}}},
		{Transforms: []codec.Transform{codec.Gzip{}, aes}, Objects: objects, Threshold: 10},
	} {
		p, err := Encode("", []any{big, 42})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Seal(ctx, "w/r", &p); err != nil {
			t.Fatal(err)
		}
		if len(c.Transforms) == 2 && (p.Object == "" || len(p.Data) != 0 || p.Encoding != "json+gzip+aes") {
			t.Errorf("not checked in: %+v", p)
		}
		if err := c.Open(ctx, &p); err != nil {
			t.Fatal(err)
		}
		var s string
		var n int
		if err := Decode(p, &s, &n); err != nil || s != big || n != 42 {
			t.Errorf("got %d bytes, %d, %v", len(s), n, err)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	ctx := context.Background()
	var de *DecodeError
	if err := (&Chain{}).Open(ctx, &history.Payload{Encoding: "json+rot13", Data: []byte("x")}); !errors.As(err, &de) {
		t.Errorf("unknown transform: %v", err)
	}
	if err := Decode(history.Payload{Encoding: "json", Data: []byte(`["a"]`)}, new(int)); !errors.As(err, &de) {
		t.Errorf("wrong type: %v", err)
	}
	if err := Decode(history.Payload{Encoding: "json", Data: []byte(`["a"]`)}, new(string), new(int)); !errors.As(err, &de) {
		t.Errorf("too few values: %v", err)
	}
	p := history.Payload{Encoding: "json", Data: bytes.Repeat([]byte("x"), 100)}
	if err := (&Chain{Threshold: 10}).Seal(ctx, "w/r", &p); !errors.Is(err, errNoObjects) {
		t.Errorf("too large: %v", err)
	}
	bomb, _ := codec.Gzip{}.Seal(make([]byte, 1<<20))
	if _, err := (codec.Gzip{Max: 1000}).Open(bomb); err == nil {
		t.Error("bomb went off")
	}
	if _, err := Encode("nonesuch", nil); err == nil {
		t.Error("unknown codec")
	}
}
