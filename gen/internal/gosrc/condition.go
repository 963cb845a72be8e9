// Build constraints: in which builds a file is compiled.

package gosrc

import (
	"go/build/constraint"
	"strings"
)

// Condition returns the build constraint of the file, from its text or its name; empty if every build compiles it.
func (f *File) Condition() string {
	if condition := f.buildLine(); condition != "" {
		return condition
	}
	return systemSuffix(f.Base())
}

// buildLine returns the condition of the file's //go:build line; empty if there is none.
func (f *File) buildLine() string {
	for _, group := range f.Syntax.Comments {
		if group.Pos() > f.Syntax.Package {
			break
		}
		for _, c := range group.List {
			if x, err := constraint.Parse(c.Text); err == nil && constraint.IsGoBuild(c.Text) {
				return x.String()
			}
		}
	}
	return ""
}

// systemSuffix returns the GOOS or GOARCH that a file's name ends with; empty if it ends with neither.
func systemSuffix(name string) string {
	parts := strings.Split(strings.TrimSuffix(name, ".go"), "_")
	if len(parts) < 2 {
		return ""
	}
	if last := parts[len(parts)-1]; knownSystem[last] {
		return last
	}
	return ""
}

var knownSystem = func() map[string]bool {
	known := map[string]bool{}
	for name := range strings.FieldsSeq(`aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9
		solaris wasip1 windows 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm`) {
		known[name] = true
	}
	return known
}()
