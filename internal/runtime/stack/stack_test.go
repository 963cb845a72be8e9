package stack_test

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/stack"
)

func TestLinesOfCallers(t *testing.T) {
	pcs := make([]uintptr, 16)
	(&desk{func() { pcs = pcs[:runtime.Callers(2, pcs)] }}).sell__pawl()
	if lines := stack.Lines(pcs); len(lines) < 2 || lines[0] != sold {
		t.Errorf("got %q", lines)
	}
	if got, want := stack.Position(pcs), "stack_test/shop.go:45"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if lines, position := stack.Lines(nil), stack.Position(nil); lines != nil || position != "" {
		t.Errorf("of no stack got %q and %q", lines, position)
	}
}

func TestLinesOfAPanic(t *testing.T) {
	var text []byte
	func() {
		defer func() {
			recover()
			text = debug.Stack()
		}()
		(&desk{func() { panic("sold out") }}).sell__pawl()
	}()
	lines := stack.Text(text)
	if !slices.Contains(lines, sold) {
		t.Errorf("got %q", lines)
	}
	for _, line := range lines {
		if strings.Contains(line, "panic.go") || strings.Contains(line, "created by") || strings.Contains(line, "0x") {
			t.Errorf("%q is not the author's", line)
		}
	}
}

func TestLinesOfAProfile(t *testing.T) {
	var profile bytes.Buffer
	(&desk{func() { pprof.Lookup("goroutine").WriteTo(&profile, 1) }}).sell__pawl()
	for block := range strings.SplitSeq(profile.String(), "\n\n") {
		if slices.Contains(stack.Profile(block), sold) {
			return
		}
	}
	t.Errorf("no goroutine is in %s:\n%s", sold, profile.String())
}

// A profile has the labels of a goroutine among its lines.
func TestLabelsAreNoLines(t *testing.T) {
	text := "1 @ 0x1 0x2\n# labels: {\"pawl.run\":\"10d01c\", \"pawl.workflow\":\"parcel-7\"}\n" +
		"#\t0x10e4e0a\texample.com/x/shop.Checkout__pawl+0x1b\tshop.go:45\n"
	if got, want := stack.Profile(text), []string{"shop/shop.go:45 in shop.Checkout"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is the engine's, generated or Go's own is left out.
// TestLabelsAreNoLine: a goroutine's labels stand above its frames, in a line that looks like theirs.
func TestLabelsAreNoLine(t *testing.T) {
	const goroutine = "1 @ 0x47 0x48\n# labels: {\"pawl.run\":\"81\", \"pawl.workflow\":\"busy\"}\n#\t0x47\texample.com/m/shop.Busy+0x12\t/src/shop/flow.go:41\n"
	if got := stack.Profile(goroutine); !slices.Equal(got, []string{"shop/flow.go:41 in shop.Busy"}) {
		t.Errorf("got %q", got)
	}
}

func TestWhoseLines(t *testing.T) {
	text := "goroutine 7 [running]:\n" +
		"runtime/debug.Stack()\n\t/go/src/runtime/debug/stack.go:26 +0x5e\n" +
		"panic({0x1, 0x2})\n\t/go/src/runtime/panic.go:785 +0x132\n" +
		"example.com/x/shop.Checkout__pawl(0xc000012345, {0x1, 0x2})\n\t/src/shop/shop.go:45 +0x1b\n" +
		"github.com/pawlhq/pawl/runtime/abi.Go(...)\n\t/src/pawl/runtime/abi/chan.go:8\n" +
		"example.com/x/shop.(*Desk).Sell__pawl(...)\n\t/src/shop/pawl.gen.go:9\n" +
		"example.com/x/shop.init.func1()\n\t/src/shop/main.go:3 +0x1\n" +
		"created by github.com/pawlhq/pawl/internal/runtime/sched.(*Scheduler).resume in goroutine 1\n\t/src/sched.go:265 +0x9\n"
	want := []string{"shop/shop.go:45 in shop.Checkout", "shop/main.go:3 in shop.init.func1"}
	if got := stack.Text([]byte(text)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// sold is what a method of desk looks like in a stack.
const sold = "stack_test/shop.go:45 in stack_test.(*desk).sell"

// desk is the author's: its methods have pointers as receivers, and its copies the mark of lowering.
type desk struct{ look func() }

//line shop.go:45
func (d *desk) sell__pawl() { d.look() }
