package panics_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pawlhq/pawl/internal/runtime/panics"
)

// loud is a value with a method that does something else than to return a text.
type loud struct{ act func(loud) string }

func (l loud) String() string { return l.act(l) }

func TestText(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{"plain", "plain"},
		{"caf\xe9", "caf\uFFFD"},
		{errors.New("caf\xe9"), "caf\uFFFD"},
		{7, "7"},
		{nil, "<nil>"},
		{(*loud)(nil), "<nil>"},
		{loud{func(loud) string { panic("no text") }}, "no text"},
		{loud{func(l loud) string { panic(l) }}, "panics_test.loud, whose methods panic"},
		{loud{func(loud) string { runtime.Goexit(); return "" }}, "panics_test.loud, whose methods panic or end their goroutine"},
		{[]any{loud{func(l loud) string { panic(l) }}}, "[]interface {}, whose methods panic"},
	} {
		if got := panics.Text(c.value); !strings.Contains(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// A String method waits for a lock that the panicking code holds.
func TestTextOfAValueThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan bool)
		defer close(held)
		if got := panics.Text(loud{func(loud) string { <-held; return "" }}); !strings.Contains(got, "do not return") {
			t.Errorf("got %q", got)
		}
	})
}
