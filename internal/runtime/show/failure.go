// A failure is shown as the tree that it is: each error below the one that wraps it.

package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// frames is how many frames of a panic's stack are shown.
const frames = 3

// Failure is an error for people and scripts.
type Failure struct {
	Message string          `json:"message"`
	Kind    string          `json:"kind,omitempty"` // sentinel, typed, joined, timeout or panic
	Type    string          `json:"type,omitempty"` // name of the variable or type, or which timeout
	Fields  json.RawMessage `json:"fields,omitempty"`
	Final   bool            `json:"final,omitempty"` // it must not be retried
	Stack   string          `json:"stack,omitempty"`
	Causes  []*Failure      `json:"causes,omitempty"`
}

var kinds = map[history.FailureKind]string{
	history.FailureSentinel: "sentinel",
	history.FailureTyped:    "typed",
	history.FailureJoined:   "joined",
	history.FailureTimeout:  "timeout",
	history.FailurePanic:    "panic",
}

// NewFailure returns a recorded failure for people; nil for nil.
func NewFailure(f *history.Failure) *Failure {
	if f == nil {
		return nil
	}
	out := &Failure{Message: f.Text(), Kind: kinds[f.Kind], Type: f.Type, Final: f.Final, Stack: f.Stack}
	if json.Valid(f.Fields) && string(f.Fields) != "{}" {
		out.Fields = f.Fields
	}
	for i := range f.Causes {
		out.Causes = append(out.Causes, NewFailure(&f.Causes[i]))
	}
	return out
}

// Write writes the failure and, below it, the errors that it wraps.
func (f *Failure) Write(w io.Writer) error {
	_, err := io.WriteString(w, strings.Join(f.lines(), "\n")+"\n")
	return err
}

func (f *Failure) lines() []string {
	if f == nil {
		return nil
	}
	message, more, _ := strings.Cut(f.Message, "\n")
	lines := []string{oneLine(message) + f.label()}
	if len(f.Causes) == 0 { // otherwise the other lines are those of the causes, which follow below
		for line := range strings.Lines(more) {
			lines = append(lines, oneLine(strings.TrimSuffix(line, "\n")))
		}
	}
	lines = append(lines, panicFrames(f.Stack)...)
	for i, cause := range f.Causes {
		lines = append(lines, branch(cause.lines(), i == len(f.Causes)-1)...)
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

// label describes the kind of an error.
func (f *Failure) label() string {
	var words []string
	switch f.Kind {
	case "sentinel":
		words = append(words, Name(f.Type))
	case "typed":
		words = append(words, Name(f.Type)+clip(oneLine(string(f.Fields))))
	case "timeout":
		words = append(words, f.Type+" timeout")
	case "joined", "panic":
		words = append(words, f.Kind)
	}
	if f.Final {
		words = append(words, "final")
	}
	if len(words) == 0 {
		return ""
	}
	return " [" + strings.Join(words, ", ") + "]"
}

// panicFrames returns the innermost frames of the code that panicked.
func panicFrames(stack string) (lines []string) {
	_, below, ok := strings.Cut(stack, "\npanic(")
	if !ok {
		return nil
	}
	rest := strings.Split(strings.TrimRight(below, "\n"), "\n")
	for i := 2; i+1 < len(rest) && len(lines) < frames; i += 2 { // after panic's own two lines: function and place
		place, _, _ := strings.Cut(strings.TrimSpace(rest[i+1]), " +0x")
		lines = append(lines, fmt.Sprintf("at %s (%s)", Name(rest[i]), place))
	}
	return lines
}
