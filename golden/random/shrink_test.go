package random_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/golden/random/oracle"
)

// This file makes a program that fails smaller.

// shrink leaves out what it can of a program that fails, in ever smaller chunks. It returns the smallest program that still
// fails, what is left of the pieces, and the verdict on it.
func shrink(t *testing.T, p *program, v oracle.Verdict) (small *program, pieces string, last oracle.Verdict) {
	var left []int
	for i := range p.pieces() {
		left = append(left, i)
	}
	for chunk := (len(left) + 1) / 2; chunk > 0; chunk /= 2 {
		for tries := tried(p, left, chunk); len(tries) > 0; {
			i, verdict := firstFailing(t, p, tries, kind(v))
			if i < 0 {
				break
			}
			left, v = tries[i], verdict
			tries = tried(p, left, chunk)
		}
	}
	return only(p, left), strings.Trim(strings.ReplaceAll(fmt.Sprint(left), " ", ","), "[]"), v
}

// tried are the ways to leave out one chunk.
func tried(p *program, left []int, chunk int) (tries [][]int) {
	for at := 0; at < len(left) && len(left) > 1; at += chunk {
		tries = append(tries, append(append([]int(nil), left[:at]...), left[min(at+chunk, len(left)):]...))
	}
	return tries
}

// firstFailing builds all the tries together, as programs of different names, and returns the first that fails in
// the same way.
func firstFailing(t *testing.T, p *program, tries [][]int, as string) (int, oracle.Verdict) {
	var programs []*program
	for i, left := range tries {
		q := only(p, left)
		q.variant = i + 1
		programs = append(programs, q)
	}
	for i, v := range judge(t, programs) {
		if kind(v) == as {
			return i, v
		}
	}
	return -1, oracle.Verdict{}
}

func only(p *program, pieces []int) *program {
	keep := map[int]bool{}
	for _, i := range pieces {
		keep[i] = true
	}
	return p.without(func(piece int) bool { return keep[piece] })
}

// kind returns the way in which a program fails.
func kind(v oracle.Verdict) string {
	first, _, _ := strings.Cut(v.Problem, "\n")
	return first
}
