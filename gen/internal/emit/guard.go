// Guards: the fingerprints of files that only some builds compile.

package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// Guard writes the generated file of one of p's guards. It is compiled when the author's file is, so that the file that
// all builds share is the same wherever it is generated.
func Guard(p *ir.Package, s ir.Source) ([]byte, error) {
	w := newWriter(p)
	w.file.PackageComment("//go:build " + s.Condition)
	source := w.source(abi("Source"), s, map[string]bool{})
	w.file.Comment("Only builds that compile " + s.File + " depend on it. In which order files add themselves makes no difference.")
	w.file.Func().Id("init").Params().Block(
		jen.Id(sourcesName).Op("=").Append(jen.Id(sourcesName), source),
	)
	return w.formatted()
}
