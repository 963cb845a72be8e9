// Directives: finding them in the comments of a file, and the declaration that each is for.

package gosrc

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/pawlhq/pawl/annotations"
)

// placer attaches the directives of one file to its declarations.
type placer struct {
	pkg      *Package
	file     *File
	findings *findings
	used     map[*ast.Ident]annotations.Kind // declarations that have a directive
}

// place finds the directives of a file. It reports what is wrong with their text or their place.
func place(pkg *Package, file *File, found *findings) {
	p := placer{pkg, file, found, map[*ast.Ident]annotations.Kind{}}
	targets := declarations(file.Syntax)
	for _, group := range file.Syntax.Comments {
		for _, c := range group.List {
			if annotations.Is(c.Text) {
				p.comment(c, group, targets[group])
			}
		}
	}
}

// comment parses one directive and attaches it to the declaration below it, if there is one.
func (p *placer) comment(c *ast.Comment, group *ast.CommentGroup, target *directive) {
	d, problems := annotations.Parse(c.Text)
	for _, problem := range problems {
		p.findings.addAt(p.pkg, c.Pos()+token.Pos(problem.Offset), ruleDirective, problem.Message, problem.Fix)
	}
	switch {
	case len(problems) > 0:
	case d.Kind == annotations.Continue:
		p.file.Continues = append(p.file.Continues, Continue{c.Pos(), group.End()})
	case d.Kind == annotations.Allow:
		p.file.Allows = append(p.file.Allows, Allow{c.Pos(), d.Rule, d.Reason})
	case target == nil:
		p.misplaced(c, fmt.Sprintf("pawl:%s is not directly above a function", d.Kind), "put it on the line above func, or above a method of an interface type")
	default:
		target.Directive, target.pos = d, c.Pos()
		p.attach(c, *target)
	}
}

// attach adds a directive to its file if its declaration can have it.
func (p *placer) attach(c *ast.Comment, d directive) {
	if first, taken := p.used[d.name]; taken {
		p.misplaced(c, fmt.Sprintf("%s is already annotated with pawl:%s", d.name.Name, first), "remove one of the two")
		return
	}
	p.used[d.name] = d.Kind
	if message, fix := unfit(d); message != "" {
		p.misplaced(c, message, fix)
		return
	}
	if condition := p.file.Condition(); condition != "" && d.Kind != annotations.Pure {
		p.misplaced(c, fmt.Sprintf("%s is compiled only for %s, but every worker needs it", d.name.Name, condition),
			"move it to a file without build constraints, from which it can call code in this one")
		return
	}
	p.file.directives = append(p.file.directives, d)
}

func (p *placer) misplaced(c *ast.Comment, message, fix string) {
	p.findings.addAt(p.pkg, c.Pos(), rulePlace, message, fix)
}

// unfit returns why a declaration cannot have a directive; empty if it can.
func unfit(d directive) (message, fix string) {
	switch name := d.name.Name; {
	case d.iface != nil && d.Kind == annotations.Workflow:
		return fmt.Sprintf("method %s of an interface cannot be a workflow", name), "annotate the methods that implement it"
	case d.iface != nil && d.Kind == annotations.Pure:
		return fmt.Sprintf("method %s of an interface has no body", name), "annotate the methods that implement it"
	case d.decl != nil && d.decl.Body == nil && d.Kind != annotations.Pure:
		return fmt.Sprintf("%s has no Go body", name), "wrap it in a function that has one"
	case d.iface == nil && d.decl.Recv == nil && (name == "main" || name == "init") || name == "_":
		return fmt.Sprintf("%s cannot be a %s: nothing can call it", name, d.Kind), ""
	}
	return "", ""
}

// declarations finds what a doc comment may annotate.
func declarations(file *ast.File) map[*ast.CommentGroup]*directive {
	targets := map[*ast.CommentGroup]*directive{}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Doc != nil {
				targets[d.Doc] = &directive{name: d.Name, decl: d, sig: d.Type}
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				interfaceMethods(spec, targets)
			}
		}
	}
	return targets
}

func interfaceMethods(spec ast.Spec, targets map[*ast.CommentGroup]*directive) {
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
			targets[m.Doc] = &directive{name: m.Names[0], iface: t.Name, sig: sig}
		}
	}
}

// inTests reports directives in a package's test files, which workers never see.
func inTests(pkg *Package, fset *token.FileSet, found *findings) {
	names, _ := filepath.Glob(filepath.Join(pkg.Dir, "*_test.go"))
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(src, []byte(annotations.Prefix)) {
			continue
		}
		syntax, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue // the go command reports it when it runs the tests
		}
		for _, group := range syntax.Comments {
			for _, c := range group.List {
				if d, _ := annotations.Parse(c.Text); strings.HasPrefix(c.Text, annotations.Prefix) && d.Kind.Declares() {
					found.addAt(pkg, c.Pos(), rulePlace, fmt.Sprintf("pawl:%s in a test file has no effect", d.Kind), "move the function to a file that is part of the package")
				}
			}
		}
	}
}
