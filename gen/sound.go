// Which packages can have output, because no finding concerns them.

package gen

import (
	"path/filepath"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// soundPackages returns the packages that the user asked for and that no finding concerns, dependencies first. A finding concerns the package that it is in, the packages of the chain of calls that leads there, and all that
// import one of these. Any other package has the output that it would have without the finding.
func (c *compilation) soundPackages() (sound []*gosrc.Package) {
	dirs := map[string]bool{}
	for _, d := range c.result.Diagnostics {
		dirs[d.Pos.Filename], dirs[filepath.Dir(d.Pos.Filename)] = true, true // a finding about a whole package has its directory
		for _, call := range d.Chain {
			dirs[filepath.Dir(call.Pos.Filename)] = true
		}
	}
	concerned := map[string]bool{}
	for _, pkg := range c.prog.Packages {
		concerned[pkg.Path] = dirs[pkg.Dir] || slices.ContainsFunc(pkg.Imports(), func(path string) bool { return concerned[path] })
		if pkg.Wanted && !concerned[pkg.Path] {
			sound = append(sound, pkg)
		}
	}
	return sound
}
