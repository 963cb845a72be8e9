package printed

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

func TestVerbs(t *testing.T) {
	for format, want := range map[string][]Verb{
		"":               nil,
		"100%%":          nil,
		"%d and %+v":     {{'d', false, 0}, {'v', false, 1}},
		"%#v":            {{'v', true, 0}},
		"%-10.3f%s":      {{'f', false, 0}, {'s', false, 1}},
		"%*d":            {{'*', false, 0}, {'d', false, 1}},
		"%[2]p %p":       {{'p', false, 1}, {'p', false, 2}},
		"%[3]*.[2]*[1]f": {{'*', false, 2}, {'*', false, 1}, {'f', false, 0}},
	} {
		if got := Verbs(format); !slices.Equal(got, want) {
			t.Errorf("Verbs(%q) = %v, want %v", format, got, want)
		}
	}
}

const source = `package p

type (
	Text    struct{ s string }
	Stringer struct{ p *int }
	Clock   struct{ p *int }
	Verbose struct{ p *int }
	Node    struct { Next *Node; n int }
)

func (Stringer) String() string { return "" }
func (Clock) Format(layout string) string { return "" }
func (Verbose) GoString() string { return "" }

var (
	number   int
	text     Text
	pointer  *Text // printed as &{...}
	scalar   *int
	twice    **Text
	nested   struct{ P *Text }
	slice    []*int
	array    [2]int
	function func()
	channel  chan int
	stringer Stringer
	hidden   struct{ s Stringer }
	clock    Clock
	verbose  Verbose
	node     Node
	byText   map[Text]int
	byPtr    map[*int]int
	byStr    map[*Stringer]int
	anything any
	failure  error
	within   []any
	keyed    map[any]int
)
`

func TestStatic(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const (
		none    = "none"
		address = "address"
		order   = "order of addresses"
		dynamic = "dynamic"
	)
	sharp := Verb{Rune: 'v', Sharp: true}
	for _, test := range []struct {
		name string
		by   Verb
		want string
	}{
		{"number", Plain, none},
		{"text", Plain, none},
		{"pointer", Plain, none},
		{"scalar", Plain, address},
		{"twice", Plain, address},
		{"nested", Plain, address},
		{"slice", Plain, address},
		{"array", Plain, none},
		{"function", Plain, address},
		{"channel", Plain, address},
		{"stringer", Plain, none},
		{"stringer", Verb{Rune: 's'}, none},
		{"stringer", Verb{Rune: 'd'}, address},
		{"stringer", sharp, address},
		{"hidden", Plain, address},
		{"clock", Plain, address},
		{"verbose", Plain, address},
		{"verbose", sharp, none},
		{"node", Plain, address},
		{"byText", Plain, none},
		{"byPtr", Plain, order},
		{"byStr", Plain, order},
		{"anything", Plain, dynamic},
		{"failure", Plain, none},
		{"within", Plain, dynamic},
		{"keyed", Plain, dynamic},
	} {
		found, open := Static(pkg.Scope().Lookup(test.name).Type(), test.by)
		got := none
		switch {
		case found != nil && found.SortsKeys:
			got = order
		case found != nil:
			got = address
		case open:
			got = dynamic
		}
		if got != test.want {
			t.Errorf("%s by %%%c: got %s, want %s", test.name, test.by.Rune, got, test.want)
		}
	}
}

func TestPointsUnknown(t *testing.T) {
	pointer := types.NewPointer(types.Typ[types.Int])
	if !PointsUnknown(pointer) || PointsUnknown(types.Typ[types.Int]) {
		t.Error("want only the pointer to be printed as an address")
	}
}
