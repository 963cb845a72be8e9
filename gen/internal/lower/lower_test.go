package lower_test

import (
	"bytes"
	"fmt"
	"go/format"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/lower"
	"github.com/pawlhq/pawl/internal/goldentest"
)

const (
	sync = "../check/testdata/modules/sync"
	uuid = "../check/testdata/modules/uuid"
)

// The output is compiled against the real runtime; elsewhere a stand-in for it is enough.
var (
	engine  = map[string]string{"golang.org/x/sync": sync, "github.com/google/uuid": uuid}
	standIn = map[string]string{"github.com/pawlhq/pawl": "testdata/modules/pawl", "golang.org/x/sync": sync, "github.com/google/uuid": uuid}
)

// TestCases lowers every archive of testdata, compares the files with those recorded in it, and type-checks them with
// stand-ins for the stubs.
func TestCases(t *testing.T) {
	cases := checktest.Cases(t, "testdata")
	prog, dir := checktest.Load(t, cases, engine)
	res := check.Run(prog)
	for _, d := range res.Diagnostics {
		t.Errorf("the check says:\n%s", d.Format(dir))
	}
	if t.Failed() {
		return
	}
	files := lower.Files(prog, prog.Packages, res)
	output := stubs(t, prog, files)
	for _, f := range files {
		output[filepath.Join(f.Pkg.Dir, f.Name)] = f.Content
	}
	for _, d := range prog.Verify(prog.Packages, output) {
		t.Errorf("the output does not compile:\n%s", d.Format(dir))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			for _, f := range files {
				if name, ok := strings.CutPrefix(filepath.Join(f.Pkg.Dir, f.Name), filepath.Join(dir, c.Name)+"/"); ok {
					compare(t, c, "want/"+name+".txt", string(f.Content))
				}
			}
		})
	}
}

func compare(t *testing.T, c checktest.Case, name, got string) {
	t.Helper()
	if want, _ := c.File(name); got != want {
		if goldentest.Update() {
			c.Update(t, name, got)
		}
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestLines proves that every line of a copied function has a word of the line that the directives lead to.
func TestLines(t *testing.T) {
	prog, _ := checktest.Load(t, append(checktest.Cases(t, "testdata"), checktest.Cases(t, "testdata/run")...), standIn)
	for _, f := range lower.Files(prog, prog.Packages, check.Run(prog)) {
		source := strings.Split(string(f.Source.Source), "\n")
		base := filepath.Base(f.Source.Path)
		line := 0
		handsOn := false // in a method that has one line of the author's
		for text := range strings.SplitSeq(string(f.Content), "\n") {
			if rest, ok := strings.CutPrefix(text, "//line "+base+":"); ok {
				fmt.Sscanf(rest, "%d:1", &line)
				continue
			}
			if strings.HasPrefix(text, "func") {
				handsOn = line == 0
			}
			if line > 0 && !(handsOn && text == "}") {
				if was := source[line-1]; !related(text, was) {
					t.Errorf("%s: %q was %s:%d: %q", f.Name, text, base, line, was)
				}
				line++
			}
			if text == "}" || strings.HasPrefix(text, "func") && strings.HasSuffix(text, "}") {
				line = 0
			}
		}
	}
}

// related reports whether a line of a copy has a word of a line of the original, or no words at all.
func related(copied, original string) bool {
	switch {
	case strings.HasSuffix(original, "}") && inserted[strings.TrimSpace(copied)],
		strings.Contains(original, "select {"), // where the operands of the cases are
		strings.Contains(original, "case") && (strings.Contains(copied, ".Value") || strings.TrimSpace(copied) == "default:"):
		return true
	}
	copied = strings.NewReplacer("TrySelect", "select", "Select", "select", "Block", "select").Replace(copied)
	words := regexp.MustCompile(`^\s*}|[^\W_]+`).FindAllString(strings.ReplaceAll(copied, check.Suffix, ""), -1)
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(original, strings.TrimSpace(w)) })
}

// inserted are the lines that have no original.
var inserted = map[string]bool{`panic("unreachable")`: true}

// TestFormatted proves that copies are formatted.
func TestFormatted(t *testing.T) {
	prog, _ := checktest.Load(t, append(checktest.Cases(t, "testdata"), checktest.Cases(t, "testdata/run")...), standIn)
	for _, f := range lower.Files(prog, prog.Packages, check.Run(prog)) {
		if formatted, err := format.Source(f.Content); err != nil || !bytes.Equal(formatted, f.Content) {
			t.Errorf("%s is not formatted (%v):\n%s", f.Source.Path, err, f.Content)
		}
	}
}

// TestDeterministic lowers the same program again.
func TestDeterministic(t *testing.T) {
	prog, _ := checktest.Load(t, checktest.Cases(t, "testdata"), standIn)
	first := lower.Files(prog, prog.Packages, check.Run(prog))
	for range 5 {
		for i, f := range lower.Files(prog, prog.Packages, check.Run(prog)) {
			if !bytes.Equal(f.Content, first[i].Content) || fmt.Sprint(f.Binders, f.Dispatchers) != fmt.Sprint(first[i].Binders, first[i].Dispatchers) {
				t.Fatalf("%s differs:\n%s", f.Name, f.Content)
			}
		}
	}
}

// stubs are stand-ins for what the emitter writes: the twins of operations, and the binders.
func stubs(t *testing.T, prog *gosrc.Program, files []lower.File) map[string][]byte {
	output := map[string][]byte{}
	for _, pkg := range prog.Packages {
		var mine []lower.File
		for _, f := range files {
			if f.Pkg == pkg {
				mine = append(mine, f)
			}
		}
		output[filepath.Join(pkg.Dir, gosrc.StubFile)] = stub(pkg)
		if len(lower.Binders(mine))+len(lower.Dispatchers(mine)) > 0 {
			output[filepath.Join(pkg.Dir, "helpers.pawl.go")] = helpers(t, pkg, mine)
		}
	}
	return output
}

// helpers declares the generic functions that lowered files call.
func helpers(t *testing.T, pkg *gosrc.Package, files []lower.File) []byte {
	t.Helper()
	src, err := emit.File(&ir.Package{
		Import:  ir.Import{Path: pkg.Path, Name: pkg.Name},
		Binders: lower.Binders(files), Dispatchers: lower.Dispatchers(files),
	})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func stub(pkg *gosrc.Package) []byte {
	var decls, imports strings.Builder
	imported := map[string]bool{"github.com/pawlhq/pawl/runtime/abi": true}
	qualify := func(p *types.Package) string {
		if p == pkg.Types {
			return ""
		}
		imported[p.Path()] = true
		return p.Name()
	}
	for _, f := range pkg.Annotated {
		if f.Kind != "workflow" {
			decls.WriteString(twin(f, qualify))
		}
	}
	for path := range imported {
		fmt.Fprintf(&imports, "import %q\n", path)
	}
	return []byte(fmt.Sprintf("%s\n\npackage %s\n\n%s\nvar _ *abi.Run\n\n%s", gosrc.Header, pkg.Name, imports.String(), decls.String()))
}

// twin declares the twin of an operation: it calls the original.
func twin(f *gosrc.Func, qualify types.Qualifier) string {
	sig := f.Obj.Signature()
	var b bytes.Buffer
	types.WriteSignature(&b, types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()), qualify)
	params := strings.TrimPrefix(b.String(), "(")
	var args []string
	for p := range sig.Params().Variables() {
		args = append(args, p.Name())
	}
	call := fmt.Sprintf("%s(%s", f.Obj.Name(), strings.Join(args, ", "))
	if sig.Variadic() {
		call += "..."
	}
	switch {
	case f.Iface != nil:
		return fmt.Sprintf("func %s_%s__pawl(_run *abi.Run, _recv %s, %s { return _recv.%s) }\n", f.Iface.Obj().Name(), f.Obj.Name(), f.Iface.Obj().Name(), params, call)
	case sig.Recv() != nil:
		return fmt.Sprintf("func (_recv %s) %s__pawl(_run *abi.Run, %s { return _recv.%s) }\n", types.TypeString(sig.Recv().Type(), qualify), f.Obj.Name(), params, call)
	}
	return fmt.Sprintf("func %s__pawl(_run *abi.Run, %s { return %s) }\n", f.Obj.Name(), params, call)
}
