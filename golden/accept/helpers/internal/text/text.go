// Package text is pure: nothing is generated for it.
package text

import (
	"fmt"
	"strings"
)

// Title is s as a heading.
func Title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Label is what stands on a price tag.
func Label(item string, price int, currency string) string {
	return fmt.Sprintf("%s: %d %s", Title(item), price, currency)
}
