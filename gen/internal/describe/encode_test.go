package describe

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"
	"time"
)

// Types whose values come back from JSON as they were, and others. The samples are values that show it.

type (
	stamped struct {
		time.Time
		By string
	}
	stampOnly  struct{ time.Time }
	stampNamed struct {
		At time.Time
		By string
	}
	stampTagged struct {
		time.Time `json:"at"`
		By        string
	}
	twoStamps struct {
		time.Time
		Money
		By string
	}
	sameAsField struct {
		A int `json:"B"`
		B int
	}
	base  struct{ ID string }
	Other struct{ ID string }
	hides struct {
		base
		ID string
	}
	both struct {
		base
		Other
	}
	oneTagged struct {
		base
		Tagged
	}
	Tagged struct {
		Name string `json:"ID"`
	}
	renamed struct {
		Other `json:"other"`
		ID    string
	}
	leftOut struct {
		Other `json:"-"`
		ID    string
	}
	dash struct {
		A int `json:"-,"` //nolint:staticcheck // the case under test
		B int `json:"-"`
	}
	byPointer struct {
		*Other
		Name string
	}
	hiddenPointer struct {
		*base
		Name string
	}
	badTag struct {
		A int `json:"a\"b"` //nolint:staticcheck // the case under test
		B int
	}
	deep struct {
		middle
		Name string
	}
	middle struct{ base }
)

// Money encodes itself.
type Money struct{ cents int }

func (m Money) MarshalJSON() ([]byte, error)     { return json.Marshal(m.cents) }
func (m *Money) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &m.cents) }

type wallet struct {
	Money
	Owner string
}

type textOut int

func (t textOut) MarshalText() ([]byte, error) { return []byte("out"), nil }

type textIn int

func (t *textIn) UnmarshalText([]byte) error { *t = 1; return nil }

type textBoth int

func (t textBoth) MarshalText() ([]byte, error) { return []byte{byte('a' + t)}, nil }
func (t *textBoth) UnmarshalText(text []byte) error {
	*t = textBoth(text[0] - 'a')
	return nil
}

// noText has methods of these names that package json does not call.
type noText int

func (noText) MarshalText(int) string { return "" }

type upper string

func (u *upper) UnmarshalText(text []byte) error { *u = upper(text) + "!"; return nil }

type (
	keyOut   map[textOut]int
	keyIn    map[textIn]int
	keyBoth  map[textBoth]int
	keyUpper map[upper]int
)

var now = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)

var samples = []any{
	stamped{now, "me"}, stampOnly{now}, stampNamed{now, "me"}, stampTagged{now, "me"}, twoStamps{now, Money{3}, "me"},
	sameAsField{1, 2}, hides{base{"a"}, "b"}, both{base{"a"}, Other{"b"}}, oneTagged{base{"a"}, Tagged{"b"}},
	renamed{Other{"a"}, "b"}, leftOut{ID: "b"}, dash{A: 1}, byPointer{&Other{"a"}, "b"}, hiddenPointer{&base{"a"}, "b"},
	badTag{1, 2}, deep{middle{base{"a"}}, "b"},
	Money{3}, wallet{Money{3}, "me"}, []wallet{{Money{3}, "me"}}, textOut(3), textIn(3), textBoth(3), noText(3),
	keyOut{3: 1}, keyIn{3: 1}, keyBoth{3: 1}, keyUpper{"a": 1},
}

// A type is accepted exactly if package json returns its values as they were.
func TestEncodableIsWhatJSONReturns(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "encode_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}} // the rest of the package is missing
	pkg, _ := config.Check("describe", fset, []*ast.File{file}, nil)
	for _, sample := range samples {
		name := reflect.TypeOf(sample).String()
		typ, err := types.Eval(fset, pkg, token.NoPos, reflect.TypeOf(sample).Name()) // of a list, the element's name
		if reflect.TypeOf(sample).Kind() == reflect.Slice {
			typ, err = types.Eval(fset, pkg, token.NoPos, "[]"+reflect.TypeOf(sample).Elem().Name())
		}
		if err != nil {
			t.Fatal(err)
		}
		fault := encodable(typ.Type)
		back := reflect.New(reflect.TypeOf(sample))
		data, err := json.Marshal(sample)
		if err == nil {
			err = json.Unmarshal(data, back.Interface())
		}
		same := err == nil && reflect.DeepEqual(back.Elem().Interface(), sample)
		if same != (fault == nil) {
			t.Errorf("%s: JSON returns the value: %t (%s, %v), and it is accepted: %t (%+v)", name, same, data, err, fault == nil, fault)
		}
	}
}
