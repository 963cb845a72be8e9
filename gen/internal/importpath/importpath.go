// Package importpath holds the import paths that the compiler knows by name, and classes others by their form alone.
package importpath

import "strings"

// Paths that generated code imports or that the compiler treats specially.
const (
	Pawl     = "github.com/pawlhq/pawl"     // the package that authors import, and the path of its module
	ABI      = Pawl + "/runtime/abi"        // what generated code calls
	Errgroup = "golang.org/x/sync/errgroup" // has a durable replacement
	engine   = Pawl + "/runtime"            // the public packages of the engine
	internal = Pawl + "/internal/runtime"   // its other packages
)

// IsEngine reports whether path is the package that authors import or a package of the engine. None of them is ever
// analysed as the author's code.
func IsEngine(path string) bool {
	return path == Pawl || strings.HasPrefix(path, engine+"/") || strings.HasPrefix(path, internal+"/")
}

// IsStd reports whether path belongs to the standard library, whose first path element has no dot. The path of a module
// may lack a dot, too. Treating such a module as part of the standard library only changes the words of a diagnostic.
func IsStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
