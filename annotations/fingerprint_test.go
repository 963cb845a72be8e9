package annotations

import (
	"strings"
	"testing"
)

const shop = `package shop

// Charge charges.
//
//pawl:activity timeout=10s
func Charge(ctx context.Context, o Order) error { return nil }

type Stock interface {
	//pawl:activity
	Reserve(ctx context.Context, n int) error
}

//pawl:workflow
func (f *Flow) Deliver(ctx context.Context) error {
	total := price(1, 2)
	return charge(total)
}

func price(a, b int) int { return a + b }

type Order struct {
	Items []string ` + "`json:\"items\"`" + ` // what is ordered
}

const (
	small = iota
	large
)

var rates = map[string]float64{"EUR": 1}
`

// sums are what generated code would hold for shop.
func sums(t *testing.T) map[string]string {
	t.Helper()
	all, err := Fingerprints([]byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, key := range []string{"Charge", "Stock.Reserve", "(*Flow).Deliver{}", "price{}", "type Order", "const large", "var rates"} {
		if all[key] == "" {
			t.Fatalf("no fingerprint for %s in %v", key, all)
		}
		kept[key] = all[key]
	}
	return kept
}

func TestCompareFingerprints(t *testing.T) {
	tests := []struct {
		name, old, new string
		changed        string // the function that the error names; empty if there is to be none
	}{
		{"nothing", "", "", ""},
		{"comment", "// Charge charges.", "// Charge is for money.", ""},
		{"comment in a body", "total := price", "/* sum */ total := price", ""},
		{"layout", "price(1, 2)", "price(\n\t\t1,\n\t\t2,\n\t)", ""},
		{"directive layout", "activity timeout", "activity   timeout", ""},
		{"body of an activity", "return nil }", "return ctx.Err() }", ""},
		{"signature of an activity", "o Order", "o *Order", "Charge"},
		{"options", "timeout=10s", "timeout=20s", "Charge"},
		{"annotation gone", "//pawl:activity timeout=10s\n", "//\n", "Charge"},
		{"interface method", "n int", "n int64", "Stock.Reserve"},
		{"body of a workflow", "price(1, 2)", "price(1, 3)", "(*Flow).Deliver"},
		{"body of a helper", "a + b", "a - b", "price"},
		{"type", "Items []string", "Items []int", "type Order"},
		{"tag", `json:"items"`, `json:"things"`, "type Order"},
		{"comment in a type", "// what is ordered", "// what is wanted", ""},
		{"constant before it", "small = iota", "small = iota + 1", "const large"},
		{"variable", `"EUR": 1`, `"EUR": 2`, "var rates"},
		{"type gone", "type Order struct", "type Orders struct", "type Order"},
		{"function gone", "func price(a", "func cost(a", "price"},
		{"function added", "func price", "//pawl:step\nfunc Tax(ctx context.Context) error { return nil }\n\nfunc price", "Tax"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := shop
			if test.old != "" {
				if src = strings.Replace(shop, test.old, test.new, 1); src == shop {
					t.Fatalf("%q is not in the source", test.old)
				}
			}
			err := CompareFingerprints("shop.go", []byte(src), sums(t))
			switch {
			case test.changed == "" && err != nil:
				t.Errorf("unexpected: %v", err)
			case test.changed != "" && err == nil:
				t.Errorf("a change of %s went unnoticed", test.changed)
			case test.changed != "" && !(strings.HasPrefix(err.Error(), "shop.go: "+test.changed+" ") && strings.Contains(err.Error(), "go generate")):
				t.Errorf("the error does not say what to do about %s: %v", test.changed, err)
			}
		})
	}
}

func TestCompareFingerprintsSyntax(t *testing.T) {
	if err := CompareFingerprints("shop.go", []byte("package shop\nfunc {"), sums(t)); err == nil || !strings.Contains(err.Error(), "shop.go") {
		t.Errorf("got %v", err)
	}
}
