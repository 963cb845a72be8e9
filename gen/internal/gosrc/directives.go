// Directives: finding them in the comments of a file, and the declaration that each is for.

package gosrc

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
)

// placed is a directive that declares something, together with what it is for.
type placed struct {
	annotations.Directive
	pos   token.Pos
	name  *ast.Ident    // of the function or method
	decl  *ast.FuncDecl // nil for a method of an interface
	iface *ast.Ident    // name of the interface; nil for a function
	sig   *ast.FuncType
}

// place finds the directives of a file. What is wrong with their text or their place is reported.
func (l *loader) place(pkg *Package, file *File) {
	targets := declarations(file.Syntax)
	used := map[*ast.Ident]placed{}
	for _, group := range file.Syntax.Comments {
		for _, c := range group.List {
			if !annotations.Is(c.Text) {
				continue
			}
			d, problems := annotations.Parse(c.Text)
			for _, p := range problems {
				l.addAt(pkg, c.Pos()+token.Pos(p.Offset), RuleDirective, p.Message, p.Fix)
			}
			if len(problems) > 0 {
				continue
			}
			l.placeOne(pkg, file, placed{Directive: d, pos: c.Pos()}, targets[group], used)
		}
	}
}

// placeOne attaches one well-formed directive.
func (l *loader) placeOne(pkg *Package, file *File, d placed, target *placed, used map[*ast.Ident]placed) {
	switch {
	case d.Kind == annotations.Continue:
		l.addAt(pkg, d.pos, RuleUnsupported, "pawl:continue is not supported yet", "end the run, and start the next one from an activity")
		return
	case d.Kind == annotations.Allow:
		file.Allows = append(file.Allows, Allow{d.pos, d.Rule, d.Reason})
		return
	case target == nil:
		l.addAt(pkg, d.pos, RulePlace, fmt.Sprintf("pawl:%s is not directly above a function", d.Kind), "put it on the line above func, or above a method of an interface type")
		return
	}
	d.name, d.decl, d.iface, d.sig = target.name, target.decl, target.iface, target.sig
	if first, taken := used[d.name]; taken {
		l.addAt(pkg, d.pos, RulePlace, fmt.Sprintf("%s is already annotated with pawl:%s", d.name.Name, first.Kind), "keep one of the two")
		return
	}
	used[d.name] = d
	if message, fix := misplaced(d); message != "" {
		l.addAt(pkg, d.pos, RulePlace, message, fix)
		return
	}
	if condition := file.Condition(); condition != "" && d.Kind != annotations.Pure {
		l.addAt(pkg, d.pos, RulePlace, fmt.Sprintf("%s is compiled only for %s, but every worker must know it", d.name.Name, condition),
			"move it to a file without build constraints, and let it call what is in this one")
		return
	}
	file.placed = append(file.placed, d)
}

func misplaced(d placed) (message, fix string) {
	switch name := d.name.Name; {
	case d.iface != nil && d.Kind == annotations.Workflow:
		return fmt.Sprintf("method %s of an interface cannot be a workflow", name), "annotate the methods that implement it"
	case d.iface != nil && d.Kind == annotations.Pure:
		return fmt.Sprintf("method %s of an interface has no body to vouch for", name), "annotate the methods that implement it"
	case d.decl != nil && d.decl.Body == nil && d.Kind != annotations.Pure:
		return fmt.Sprintf("%s has no Go body", name), "wrap it in a function that has one"
	case d.iface == nil && d.decl.Recv == nil && (name == "main" || name == "init") || name == "_":
		return fmt.Sprintf("%s cannot be a %s: nothing can call it", name, d.Kind), ""
	}
	return "", ""
}

// declarations finds what a doc comment may annotate.
func declarations(file *ast.File) map[*ast.CommentGroup]*placed {
	targets := map[*ast.CommentGroup]*placed{}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc != nil {
				targets[d.Doc] = &placed{name: d.Name, decl: d, sig: d.Type}
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				interfaceMethods(spec, targets)
			}
		}
	}
	return targets
}

func interfaceMethods(spec ast.Spec, targets map[*ast.CommentGroup]*placed) {
	t, ok := spec.(*ast.TypeSpec)
	if !ok {
		return
	}
	iface, ok := t.Type.(*ast.InterfaceType)
	if !ok {
		return
	}
	for _, m := range iface.Methods.List {
		if sig, ok := m.Type.(*ast.FuncType); ok && m.Doc != nil && len(m.Names) == 1 {
			targets[m.Doc] = &placed{name: m.Names[0], iface: t.Name, sig: sig}
		}
	}
}

// Condition is under which builds compile the file, from its text or its name; "" if all do.
func (f *File) Condition() string {
	if condition := f.buildLine(); condition != "" {
		return condition
	}
	return systemSuffix(f.Base())
}

// buildLine is the condition behind the file's //go:build, or "".
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

// systemSuffix is the GOOS or GOARCH that a file's name ends with, or "".
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

// inTests reports directives in a package's test files, which no worker will ever see.
func (l *loader) inTests(pkg *Package) {
	names, _ := filepath.Glob(filepath.Join(pkg.Dir, "*_test.go"))
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(src, []byte(annotations.Prefix)) {
			continue
		}
		syntax, err := parser.ParseFile(l.prog.Fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue // the go command will say so when it runs the tests
		}
		for _, group := range syntax.Comments {
			l.inTest(pkg, group)
		}
	}
}

func (l *loader) inTest(pkg *Package, group *ast.CommentGroup) {
	for _, c := range group.List {
		if !strings.HasPrefix(c.Text, annotations.Prefix) {
			continue
		}
		if d, _ := annotations.Parse(c.Text); d.Kind.Declares() {
			l.addAt(pkg, c.Pos(), RulePlace, fmt.Sprintf("pawl:%s in a test file has no effect", d.Kind), "move the function to a file that is part of the package")
		}
	}
}

// annotate binds the directives of a package to the objects of its last type-check.
func (l *loader) annotate(pkg *Package) {
	pkg.Annotated, pkg.Pure = nil, map[*types.Func]string{}
	for _, file := range pkg.Files {
		for _, d := range file.placed {
			obj, ok := pkg.Info.Defs[d.name].(*types.Func)
			switch {
			case !ok: // redeclared: the type-checker has said so
			case d.Kind == annotations.Pure:
				pkg.Pure[obj] = d.Reason
			default:
				pkg.Annotated = append(pkg.Annotated, l.function(pkg, file, d, obj))
			}
		}
	}
}

func (l *loader) function(pkg *Package, file *File, d placed, obj *types.Func) *Func {
	f := &Func{Kind: d.Kind, Directive: d.Directive, Pos: d.pos, Obj: obj, Decl: d.decl, Syntax: d.sig, File: file, Pkg: pkg}
	if d.iface != nil {
		if name, ok := pkg.Info.Defs[d.iface].(*types.TypeName); ok {
			f.Iface, _ = name.Type().(*types.Named)
		}
	}
	return f
}

// report adds findings of a stage that works on one package.
func (l *loader) report(pkg *Package, ds []diag.Diagnostic) {
	l.diags[pkg] = append(l.diags[pkg], ds...)
}
