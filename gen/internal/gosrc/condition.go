// Build constraints: in which builds a file is compiled.

package gosrc

import (
	"go/build/constraint"
	"slices"
	"strconv"
	"strings"
)

// goMinor is the minor version of Go that Pawl requires: every build of code that uses it meets go1.26 and older ones.
const goMinor = 26

// Condition returns the build constraint of the file, from its text and its name; empty if every build compiles it. A
// constraint that no build can fail to meet, such as go1.21, only sets the language version of the file, if at all.
func (f *File) Condition() string {
	conditions := slices.DeleteFunc([]string{f.buildLine(), systemSuffix(f.Base())}, func(c string) bool { return c == "" })
	if len(conditions) == 2 {
		if line, err := constraint.Parse("//go:build " + conditions[0]); err == nil {
			if _, or := line.(*constraint.OrExpr); or {
				conditions[0] = "(" + conditions[0] + ")"
			}
		}
	}
	return strings.Join(conditions, " && ")
}

// buildLine returns the condition of the file's //go:build line; empty if there is none that a build can fail to meet.
func (f *File) buildLine() string {
	for _, group := range f.Syntax.Comments {
		if group.Pos() > f.Syntax.Package {
			break
		}
		for _, c := range group.List {
			if x, err := constraint.Parse(c.Text); err == nil && constraint.IsGoBuild(c.Text) {
				if always(x) {
					return ""
				}
				return x.String()
			}
		}
	}
	return ""
}

// maxTags is how many tags a condition may have for always to try all of their combinations.
const maxTags = 10

// always reports whether every build meets a condition, whatever its tags are.
func always(x constraint.Expr) bool {
	var tags []string
	collect(x, &tags)
	if len(tags) > maxTags {
		return false
	}
	for set := range 1 << len(tags) {
		holds := x.Eval(func(tag string) bool {
			return oldGo(tag) || slices.Contains(tags, tag) && set&(1<<slices.Index(tags, tag)) != 0
		})
		if !holds {
			return false
		}
	}
	return true
}

// collect adds the tags of a condition that builds may have or not.
func collect(x constraint.Expr, tags *[]string) {
	switch x := x.(type) {
	case *constraint.AndExpr:
		collect(x.X, tags)
		collect(x.Y, tags)
	case *constraint.OrExpr:
		collect(x.X, tags)
		collect(x.Y, tags)
	case *constraint.NotExpr:
		collect(x.X, tags)
	case *constraint.TagExpr:
		if !oldGo(x.Tag) && !slices.Contains(*tags, x.Tag) {
			*tags = append(*tags, x.Tag)
		}
	}
}

// oldGo reports whether a tag is a version of Go that every build has.
func oldGo(tag string) bool {
	minor, ok := strings.CutPrefix(tag, "go1.")
	n, err := strconv.Atoi(minor)
	return ok && err == nil && n <= goMinor
}

// systemSuffix returns the GOOS and GOARCH that a file's name ends with; empty if it ends with neither.
func systemSuffix(name string) string {
	parts := strings.Split(strings.TrimSuffix(name, ".go"), "_")[1:] // a name that is only a system is none
	n := len(parts)
	switch {
	case n >= 2 && knownSystem[parts[n-2]] && knownArch[parts[n-1]]:
		return parts[n-2] + " && " + parts[n-1]
	case n >= 1 && (knownSystem[parts[n-1]] || knownArch[parts[n-1]]):
		return parts[n-1]
	}
	return ""
}

var (
	knownSystem = set("aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows")
	knownArch   = set("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm")
)

func set(names string) map[string]bool {
	known := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		known[name] = true
	}
	return known
}
