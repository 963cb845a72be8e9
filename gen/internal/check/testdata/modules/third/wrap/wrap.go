// Package wrap builds on its neighbour.
package wrap

import (
	"net/http"

	"example.org/third"
)

// Fetch is for activities.
func Fetch() (third.Decimal, error) {
	_, err := http.Get("http://x")
	return third.Zero, err
}
