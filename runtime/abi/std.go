// This file replaces functions of the standard library whose effects or results would differ on replay.

package abi

import (
	"fmt"
	"io"
	"math/rand"
	randv2 "math/rand/v2"
	"os"
)

// Rand is the source for the functions of math/rand.
func Rand(run *Run) *rand.Rand { return run.x.Rand() }

// RandV2 is the source for the functions of math/rand/v2.
func RandV2(run *Run) *randv2.Rand { return run.x.RandV2() }

// RandN is rand.N of math/rand/v2.
func RandN[I ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr](run *Run, n I) I {
	if n <= 0 {
		panic("invalid argument to N")
	}
	return I(run.x.RandV2().Uint64N(uint64(n)))
}

// once returns a writer to w that writes nothing while the run replays its history or is being removed from memory. It checks
// that at each write, since a logger may be used long after it is made. It accepts all writes, so that the methods of printed
// values are called on every replay.
func (r *Run) once(w io.Writer) io.Writer { return onceWriter{r, w} }

type onceWriter struct {
	run *Run
	w   io.Writer
}

func (o onceWriter) Write(p []byte) (int, error) {
	if o.run.x.Silent() {
		return len(p), nil
	}
	return o.w.Write(p)
}

// Print is fmt.Print: silent on replay.
func Print(run *Run, a ...any) (int, error) { return fmt.Fprint(run.once(os.Stdout), a...) }

// Printf is fmt.Printf: silent on replay.
func Printf(run *Run, format string, a ...any) (int, error) {
	return fmt.Fprintf(run.once(os.Stdout), format, a...)
}

// Println is fmt.Println: silent on replay.
func Println(run *Run, a ...any) (int, error) { return fmt.Fprintln(run.once(os.Stdout), a...) }
