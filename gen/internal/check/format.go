package check

import "strings"

// This file reads formats of package fmt.

// verb is what a format does with an argument; a star takes one as well.
type verb struct {
	verb  rune
	sharp bool // %#v
	arg   int  // counted from 0
}

// plainly is how an argument is printed where there is no format.
var plainly = verb{verb: 'v'}

// somehow is how an argument is printed by a format that only the running program knows.
var somehow = verb{verb: '?'}

// followsNone reports whether even a pointer that is the whole argument may be printed as an address.
func (v verb) followsNone() bool { return v.verb == 'p' || v == somehow }

// methods are those that package fmt calls on a value in place of printing it.
func (v verb) methods() []string {
	switch {
	case v.verb == 'v' && v.sharp:
		return []string{"Format", "GoString"}
	case v.verb == 'p':
		return nil
	case strings.ContainsRune("vsqxXw", v.verb), v == somehow:
		return []string{"Format", "Error", "String"}
	}
	return []string{"Format"}
}

// verbs are those of a format. An explicit index, [3], says which argument is next.
func verbs(format string) (vs []verb) {
	in, sharp, index, next := false, false, -1, 0
	for _, r := range format {
		switch {
		case !in:
			in, sharp = r == '%', false
		case r == '[':
			index = 0
		case r == ']':
			next, index = max(0, index-1), -1
		case index >= 0:
			index = index*10 + int(r-'0')
		case r == '%':
			in = false
		case r == '#':
			sharp = true
		case !strings.ContainsRune("+- 0123456789.", r):
			vs = append(vs, verb{r, sharp, next})
			next++
			in = r == '*'
		}
	}
	return vs
}
