// Package emit writes the generated file of a package, pawl.gen.go, from its description. It knows nothing of the author's
// syntax, and it is the only package that uses jennifer.
//
// Every function that writes something begins with what it writes.
package emit

import (
	"bytes"
	"fmt"

	"github.com/dave/jennifer/jen"
	goimports "golang.org/x/tools/imports"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// ABIVersion is the version of package abi that generated code is written for.
const ABIVersion = 2

// File writes the generated file of p.
func File(p *ir.Package) ([]byte, error) {
	src, err := Draft(p)
	if err != nil {
		return nil, err
	}
	return formatted(p, src)
}

// Draft writes the same for the type-checker, without the layout of the imports.
func Draft(p *ir.Package) ([]byte, error) {
	w := newWriter(p)
	w.handshake()
	w.functions()
	for _, r := range p.Receivers {
		w.receiver(r)
	}
	w.registry()
	for _, f := range p.Workflows {
		w.workflow(f)
	}
	w.configs()
	w.registration()
	w.packageVar()
	w.helpers()
	return render(w)
}

// Guard writes the generated file for one of p's guards. It is compiled in the same builds as the author's file, so that
// the file that all builds share is the same wherever it is generated:
//
//	//go:build unix
//
//	//go:embed nap_unix.go
//	var pawlSourceNapUnix string
//
//	// Only builds that compile nap_unix.go check it. The order in which files add themselves does not matter.
//	func init() {
//		pawlPackage.AddSource(abi.Source{…})
//	}
func Guard(p *ir.Package, s ir.Source) ([]byte, error) {
	w := newWriter(p)
	w.file.PackageComment("//go:build " + s.Condition)
	w.embed(s)
	w.commentf("Only builds that compile %s check it. The order in which files add themselves does not matter.", s.File)
	w.file.Func().Id("init").Params().Block(
		jen.Id(w.names.pkg).Dot("AddSource").Call(w.source(abi("Source"), s)),
	)
	src, err := render(w)
	if err != nil {
		return nil, err
	}
	return formatted(p, src)
}

// handshake writes
//
//	// If the next line does not compile, this file was generated for a different version of Pawl: run go generate.
//	const _ = abi.GeneratedV2
func (w *writer) handshake() {
	w.commentf("If the next line does not compile, this file was generated for a different version of Pawl: run go generate.")
	w.file.Const().Id("_").Op("=").Add(abi(fmt.Sprintf("GeneratedV%d", ABIVersion)))
}

func render(w *writer) ([]byte, error) {
	var b bytes.Buffer
	if err := w.file.Render(&b); err != nil {
		return nil, fmt.Errorf("writing generated code of %s: %w", w.pkg.Path, err)
	}
	return w.spellPredeclared(b.Bytes()), nil
}

// formatted groups the imports: first the standard library, then all others.
func formatted(p *ir.Package, src []byte) ([]byte, error) {
	src, err := goimports.Process("", src, &goimports.Options{FormatOnly: true, Comments: true, TabIndent: true, TabWidth: 8})
	if err != nil {
		return nil, fmt.Errorf("formatting generated code of %s: %w", p.Path, err)
	}
	return src, nil
}
