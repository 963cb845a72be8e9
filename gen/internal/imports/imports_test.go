package imports_test

import (
	"fmt"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/imports"
)

func TestDecl(t *testing.T) {
	taken := map[string]bool{"time": true}
	s := imports.New(func(want string) string {
		name := want
		for i := 2; taken[name]; i++ {
			name = fmt.Sprint(want, i)
		}
		taken[name] = true
		return name
	})
	s.Add(imports.Import{Path: "embed", Alias: "_"})
	s.Add(imports.Import{Path: "example.com/shop"})
	for _, ask := range []struct{ path, name, want string }{
		{"time", "time", "time2"},
		{"example.com/go-yaml", "yaml", "yaml"},
		{"context", "context", "context"},
		{"example.com/other/context", "context", "context2"},
		{"context", "context", "context"}, // again
	} {
		if got := s.Name(ask.path, ask.name); got != ask.want {
			t.Errorf("%s is called %s, want %s", ask.path, got, ask.want)
		}
	}
	const want = `import (
	"context"
	_ "embed"
	time2 "time"

	yaml "example.com/go-yaml"
	context2 "example.com/other/context"
	"example.com/shop"
)
`
	if got := s.Decl(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDeclWithoutImports(t *testing.T) {
	if got := imports.New(func(want string) string { return want }).Decl(); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
