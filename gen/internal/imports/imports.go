// Package imports chooses the names under which a generated file imports packages, and prints its import declaration.
package imports

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// Set holds the imports of one generated file.
type Set struct {
	free    func(want string) string
	chosen  map[string]string // local names of the packages that Name was asked for, by path
	imports map[Import]bool
}

// Import is one line of an import declaration.
type Import struct {
	Path  string
	Alias string // empty if the line has none
}

// New returns an empty set. It calls free to turn the name of a package into an identifier that nothing else in the file
// uses; free must not return the same identifier twice.
func New(free func(want string) string) *Set {
	return &Set{free: free, chosen: map[string]string{}, imports: map[Import]bool{}}
}

// Name returns the local name of the package with a path and a declared name. The first call for a path adds its import.
func (s *Set) Name(pkgPath, name string) string {
	local, ok := s.chosen[pkgPath]
	if !ok {
		local = s.free(name)
		s.chosen[pkgPath] = local
		s.Add(Import{pkgPath, alias(pkgPath, name, local)})
	}
	return local
}

// alias is what an import has to spell out: nothing if readers can tell the local name from the path.
func alias(pkgPath, name, local string) string {
	if local == name && local == path.Base(pkgPath) {
		return ""
	}
	return local
}

// Add adds an import as it is. It does nothing if the set has it already.
func (s *Set) Add(i Import) { s.imports[i] = true }

// All returns the imports, sorted by path.
func (s *Set) All() []Import {
	return slices.SortedFunc(maps.Keys(s.imports), func(a, b Import) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Alias, b.Alias))
	})
}

// Decl returns the import declaration, with the standard library in a group of its own. It is empty without imports.
func (s *Set) Decl() string {
	var std, others []string
	for _, i := range s.All() {
		if line := "\t" + strings.TrimLeft(i.Alias+" "+strconv.Quote(i.Path), " ") + "\n"; importpath.IsStd(i.Path) {
			std = append(std, line)
		} else {
			others = append(others, line)
		}
	}
	groups := slices.DeleteFunc([]string{strings.Join(std, ""), strings.Join(others, "")}, func(g string) bool { return g == "" })
	if len(groups) == 0 {
		return ""
	}
	return "import (\n" + strings.Join(groups, "\n") + ")\n"
}
