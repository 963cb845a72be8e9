// This file tests in which builds files are compiled.

package gosrc

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

func TestCondition(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"a.go", "", ""},
		{"linux.go", "", ""},
		{"a_linux.go", "", "linux"},
		{"a_linux_arm64.go", "", "linux && arm64"},
		{"a_arm64_linux.go", "", "linux"},
		{"a_arm64.go", "", "arm64"},
		{"a.go", "unix", "unix"},
		{"a_amd64.go", "purego || cgo", "(purego || cgo) && amd64"},
		{"a_amd64.go", "!purego && cgo", "!purego && cgo && amd64"},
		{"a_amd64.go", "go1.21", "amd64"},
		{"a.go", "go1.18", ""},
		{"a.go", "go1.26", ""},
		{"a.go", "go1.27", "go1.27"},
		{"a.go", "!go1.21", "!go1.21"},
		{"a.go", "linux || !linux", ""},
		{"a.go", "go1.21 && (a || !a)", ""},
		{"a.go", "!never", "!never"},
		{"a.go", "!sunny && go1.21", "!sunny && go1.21"},
	} {
		src := "package a\n"
		if c.line != "" {
			src = "//go:build " + c.line + "\n\n" + src
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), c.name, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		f := &File{Path: c.name, Syntax: syntax}
		if got := f.Condition(); got != c.want {
			t.Errorf("%s, //go:build %s: %q, want %q", c.name, c.line, got, c.want)
		}
	}
}

// TestRequiredGo compares the version that every build has with the one that Pawl requires.
func TestRequiredGo(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "\ngo 1.26") || goMinor != 26 {
		t.Errorf("goMinor is %d, and go.mod requires another version", goMinor)
	}
}
