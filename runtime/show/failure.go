package show

// A failure is shown as the tree that it is: each error below the one that wraps it.

import (
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/runtime/history"
)

// frames is how many frames of a panic's stack are shown.
const frames = 3

// Failure is an error as lines: its message and kind, below it the errors that it wraps.
func Failure(f *history.Failure) []string {
	if f == nil {
		return nil
	}
	message, more, broken := strings.Cut(f.Message, "\n")
	lines := []string{oneLine(message) + kind(f)}
	if broken && len(f.Causes) == 0 { // the message of a joined error is that of its causes, line by line
		for line := range strings.Lines(more) {
			lines = append(lines, oneLine(strings.TrimSuffix(line, "\n")))
		}
	}
	lines = append(lines, panicFrames(f.Stack)...)
	for i := range f.Causes {
		lines = append(lines, branch(Failure(&f.Causes[i]), i == len(f.Causes)-1)...)
	}
	return lines
}

func branch(lines []string, last bool) []string {
	first, rest := "├─ ", "│  "
	if last {
		first, rest = "└─ ", "   "
	}
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
		} else {
			lines[i] = rest + lines[i]
		}
	}
	return lines
}

// kind says what an error is beyond its message.
func kind(f *history.Failure) string {
	var words []string
	switch f.Kind {
	case history.FailureSentinel:
		words = append(words, Name(f.Type))
	case history.FailureTyped:
		words = append(words, Name(f.Type)+typedFields(f))
	case history.FailureJoined:
		words = append(words, "joined")
	case history.FailureTimeout:
		words = append(words, f.Type+" timeout")
	case history.FailurePanic:
		words = append(words, "panic")
	}
	if f.Final {
		words = append(words, "final")
	}
	if len(words) == 0 {
		return ""
	}
	return " [" + strings.Join(words, ", ") + "]"
}

func typedFields(f *history.Failure) string {
	if text := string(f.Fields); text != "" && text != "{}" {
		return clip(oneLine(text))
	}
	return ""
}

// panicFrames are the innermost frames of the code that panicked.
func panicFrames(stack string) (lines []string) {
	_, below, ok := strings.Cut(stack, "\npanic(")
	if !ok {
		return nil
	}
	rest := strings.Split(strings.TrimRight(below, "\n"), "\n")
	for i := 2; i+1 < len(rest) && len(lines) < frames; i += 2 { // after panic's own two lines: function, then place
		place, _, _ := strings.Cut(strings.TrimSpace(rest[i+1]), " +0x")
		lines = append(lines, fmt.Sprintf("at %s (%s)", Name(rest[i]), place))
	}
	return lines
}
