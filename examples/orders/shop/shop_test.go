package shop

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// A workflow is a Go function, and these tests call it as one. There is no engine and no network, and time.Sleep takes no time.

// companies answers for all suppliers. It refuses pianos and remembers the requests.
type companies struct{ asked []string }

func (c *companies) RoundTrip(r *http.Request) (*http.Response, error) {
	action := path.Base(r.URL.Path)
	c.asked = append(c.asked, action)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if action == "ship" && strings.Contains(string(body), "piano") {
		return answer(http.StatusUnprocessableEntity, `{"error":"no pianos"}`), nil
	}
	return answer(http.StatusOK, fmt.Sprintf(`{"reference":"R-%s"}`, action)), nil
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}
}

func TestFulfil(t *testing.T) {
	for _, c := range []struct {
		item     string
		want     Receipt
		asked    []string
		wantFail error
	}{
		{"book", Receipt{Quote: Quote{Cents: 1999}, Parcel: "R-ship"}, []string{"charge", "reserve", "ship"}, nil},
		{"piano", Receipt{Quote: Quote{Cents: 789000}, Refunded: true}, []string{"charge", "reserve", "ship", "release", "refund"}, nil},
		{"yacht", Receipt{}, nil, ErrUnknownItem},
	} {
		t.Run(c.item, func(t *testing.T) {
			original := http.DefaultClient
			t.Cleanup(func() { http.DefaultClient = original })
			all := &companies{}
			http.DefaultClient = &http.Client{Transport: all}

			synctest.Test(t, func(t *testing.T) {
				got, err := Fulfil(t.Context(), Order{ID: "o1", Item: c.item})
				if !errors.Is(err, c.wantFail) {
					t.Fatalf("error %v, want %v", err, c.wantFail)
				}
				got.Quote.Number = ""
				if got != c.want || !slices.Equal(all.asked, c.asked) {
					t.Errorf("got %+v after %v, want %+v after %v", got, all.asked, c.want, c.asked)
				}
			})
		})
	}
}
