// Package stack prints stacks for people: only the author's frames, without those of the engine, of generated stubs and of
// Go's runtime.
package stack

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Position returns the author's innermost line, such as shop/shop.go:45; empty if there is none.
func Position(pcs []uintptr) (position string) {
	authored(pcs, func(f frame) bool {
		position = f.position()
		return false
	})
	return position
}

// Lines returns the author's lines, innermost first: shop/shop.go:45 in shop.Checkout.
func Lines(pcs []uintptr) (lines []string) {
	authored(pcs, func(f frame) bool {
		lines = append(lines, f.String())
		return true
	})
	return lines
}

// authored calls more with the author's frames, innermost first, until it returns false.
func authored(pcs []uintptr, more func(frame) bool) {
	if len(pcs) == 0 {
		return
	}
	for frames, some := runtime.CallersFrames(pcs), true; some; {
		var next runtime.Frame
		next, some = frames.Next()
		if f := (frame{next.Function, next.File, fmt.Sprint(next.Line)}); f.authored() && !more(f) {
			return
		}
	}
}

// Text returns the author's lines in the output of runtime/debug.Stack, which has two lines for each frame: the function with
// its arguments, and its place.
func Text(text []byte) (lines []string) {
	all := strings.Split(string(text), "\n")
	for i := 1; i+1 < len(all); i += 2 {
		place, _, _ := strings.Cut(strings.TrimSpace(all[i+1]), " +0x")
		if f, ok := frameAt(withoutArguments(all[i]), place); ok && f.authored() {
			lines = append(lines, f.String())
		}
	}
	return lines
}

// Profile returns the author's lines of one stack in a goroutine profile in text form, which has a line for each frame: its
// function, the offset in it, and its place.
func Profile(text string) (lines []string) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 4 || fields[0] != "#" || !strings.HasPrefix(fields[1], "0x") {
			continue // the labels, say
		}
		function, _, _ := strings.Cut(fields[2], "+0x")
		if f, ok := frameAt(function, fields[3]); ok && f.authored() {
			lines = append(lines, f.String())
		}
	}
	return lines
}

// frame is one call in a stack.
type frame struct {
	function   string // with the import path of its package
	file, line string
}

// frameAt returns the frame of a function at a place, file:line.
func frameAt(function, place string) (f frame, ok bool) {
	i := strings.LastIndex(place, ":")
	if i < 0 {
		return frame{}, false
	}
	return frame{function, place[:i], place[i+1:]}, true
}

// withoutArguments returns the function in a line such as "example.com/shop.(*Desk).Sell(0xc000012345, {0x1, 0x2})".
func withoutArguments(call string) string {
	if strings.HasSuffix(call, ")") {
		return call[:strings.LastIndex(call, "(")]
	}
	return call
}

func (f frame) authored() bool {
	switch {
	case f.function == "", f.function == "panic", strings.HasPrefix(f.function, "created by "):
		return false
	case strings.HasPrefix(f.function, "runtime."), strings.HasPrefix(f.function, "runtime/"):
		return false
	}
	return !f.engine() && path.Base(f.file) != "pawl.gen.go"
}

// engine reports whether the function belongs to the engine and not to a test.
func (f frame) engine() bool {
	const module = "github.com/pawlhq/pawl/"
	if strings.HasPrefix(f.function, strings.TrimSuffix(module, "/")+".") {
		return true
	}
	ours := strings.HasPrefix(f.function, module+"runtime/") || strings.HasPrefix(f.function, module+"internal/runtime/")
	return ours && !strings.Contains(f.function, "_test.")
}

// position is the frame's place, preceded by the package: shop/shop.go:45.
func (f frame) position() string {
	pkg, _, _ := strings.Cut(f.local(), ".")
	return pkg + "/" + path.Base(f.file) + ":" + f.line
}

// String is the frame's place and function. The lowered copy of a function is shown with the name of the original.
func (f frame) String() string {
	return f.position() + " in " + strings.ReplaceAll(f.local(), "__pawl", "")
}

// local is the function with only the last element of its package's import path.
func (f frame) local() string { return f.function[strings.LastIndex(f.function, "/")+1:] }
