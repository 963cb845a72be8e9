// This file reads formats of package fmt.

package printed

import "strings"

// Verb is what a format does with an argument. The star of a width or precision counts as a verb, since it takes an
// argument as well.
type Verb struct {
	Rune  rune
	Sharp bool // as in %#v
	Arg   int  // the index of the argument, counted from 0
}

// Plain is the verb that functions without a format print with.
var Plain = Verb{Rune: 'v'}

// Unknown is a verb of a format that is not known until run time.
var Unknown = Verb{Rune: '?'}

// printsPointers reports whether a pointer that is the whole argument may be printed as an address.
func (v Verb) printsPointers() bool { return v.Rune == 'p' || v == Unknown }

// methods returns the methods that package fmt calls on a value instead of printing it.
func (v Verb) methods() []string {
	switch {
	case v.Rune == 'v' && v.Sharp:
		return []string{"Format", "GoString"}
	case v.Rune == 'p':
		return nil
	case strings.ContainsRune("vsqxXw", v.Rune), v == Unknown:
		return []string{"Format", "Error", "String"}
	}
	return []string{"Format"}
}

// Verbs returns the verbs of a format. An explicit index such as [3] says which argument the next verb takes.
func Verbs(format string) (vs []Verb) {
	inVerb, sharp, index, next := false, false, -1, 0
	for _, r := range format {
		switch {
		case !inVerb:
			inVerb, sharp = r == '%', false
		case r == '[':
			index = 0
		case r == ']':
			next, index = max(0, index-1), -1
		case index >= 0:
			index = index*10 + int(r-'0')
		case r == '%':
			inVerb = false
		case r == '#':
			sharp = true
		case !strings.ContainsRune("+- 0123456789.", r):
			vs = append(vs, Verb{r, sharp, next})
			next++
			inVerb = r == '*'
		}
	}
	return vs
}
