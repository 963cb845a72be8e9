package gen_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
)

// Whatever name of generated code the author's package, functions or parameters have too, the output compiles. Only names
// that other code relies on are refused.
func TestAnyNameMayBeTheAuthors(t *testing.T) {
	t.Parallel()
	const base = "package base\n\ntype (\n\tText = string\n\tErr = error\n\tYes = bool\n\tNumber = int\n)\n\nvar None Err\n\nvar Zero Number\n"
	files := []txtar.File{{Name: "base/base.go", Data: []byte(base)}, {Name: "neutral/flow.go", Data: []byte(namesSource("neutral", "neutral", "", "func neutral() {}"))}}
	dir := module(t, &txtar.Archive{Files: files})
	writeResult(t, generate(t, dir, "./..."))
	used := map[string]bool{}
	for name, text := range generated(t, dir) {
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", files[1].Data, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			delete(used, id.Name)
		}
		return true
	})
	for _, name := range []string{"_", "init", "main", "neutral"} {
		delete(used, name)
	}
	if len(used) < 40 || !used["any"] || !used["_run"] {
		t.Fatalf("too few names to be all: %v", slices.Sorted(maps.Keys(used)))
	}
	var reserved []string
	for name := range used {
		if strings.HasSuffix(name, "__pawl") || slices.Contains([]string{"PawlRegistration", "StartFlow", "FindFlow", "FlowRun", "nil"}, name) {
			reserved = append(reserved, name)
			delete(used, name)
		}
	}
	add := func(pkg string, names []string, author, local string) {
		var a, l strings.Builder
		for i, name := range names {
			a.WriteString(strings.NewReplacer("#", fmt.Sprint(i), "@", name).Replace(author) + "\n\n")
			l.WriteString(strings.ReplaceAll(local, "@", name))
		}
		files = append(files, txtar.File{Name: pkg + "/flow.go", Data: []byte(namesSource(pkg, strings.Join(names, ", "), l.String(), a.String()))})
	}
	for i, name := range reserved {
		add(fmt.Sprint("reserved", i), []string{name}, "func @() {}", "")
	}
	group := 0
	for names := range slices.Chunk(slices.Sorted(maps.Keys(used)), 12) {
		group++
		add(fmt.Sprint("function", group), names, "//pawl:activity\nfunc @(c std.Context, s base.Text) (base.Text, base.Err) { return s, base.None }", "")
		add(fmt.Sprint("variable", group), names, "var @ base.Err = problem{}", "")
		add(fmt.Sprint("type", group), names, "type @ struct{ N base.Number }\n\n//pawl:activity\nfunc Typed#(c std.Context, t @) (@, base.Err) { return t, base.None }", "")
		add(fmt.Sprint("local", group), names, "", "@ := base.Zero\n\t_ = @\n\t\t")
	}
	dir = module(t, &txtar.Archive{Files: files})
	result, err := gen.Generate(t.Context(), gen.Config{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]bool{}
	for _, d := range result.Diagnostics {
		if d.Rule != "PWL105" && d.Rule != "PWL238" {
			t.Error(d.Format(dir))
		}
		refused[strings.Split(diag.Rel(d.Pos.Filename, dir), "/")[0]] = true
	}
	for _, f := range files[2:] {
		pkg, _, _ := strings.Cut(f.Name, "/")
		if want := strings.HasPrefix(pkg, "reserved"); refused[pkg] != want {
			t.Errorf("refused is %t for\n%s", refused[pkg], f.Data)
		}
	}
}

// namesSource is a package with one of each, which uses no predeclared name itself. Parameters have the name.
func namesSource(pkg, names, local, author string) string {
	first, _, _ := strings.Cut(names, ",")
	return strings.NewReplacer("PKG", pkg, "NAMES", names, "TEXTS", strings.Join(slices.Repeat([]string{`"x"`}, strings.Count(names, ",")+1), ", "), "NAME", first, "LOCAL", local, "AUTHOR", author).Replace(`package PKG

import (
	std "context"
	clock "time"

	"example.com/test/base"
)

var nothing chan base.Number

type problem struct{}

func (problem) Error() base.Text { return "" }

AUTHOR

//pawl:activity name=PKG.Take timeout=1m attempts=3 final=problem
func Take(c std.Context, NAMES base.Text) (base.Text, base.Err) { return NAME, base.None }

//pawl:step
func Give(NAME std.Context) (_ base.Text, _ base.Err) { return "", base.None }

//pawl:activity
func Return(c std.Context) (NAMES base.Text, e base.Err) { return }

type Carrier interface {
	//pawl:activity
	Ship(NAME std.Context, image ...base.Text) (_ base.Text, _ base.Err)
	Close() base.Err
	Other() base.Number
}

type Bank struct{}

//pawl:activity
func (NAME *Bank) Pay(c std.Context, n base.Number) base.Err { return base.None }

type Flow struct {
	Carrier Carrier
	Bank    *Bank
	Abroad  *Bank       ` + "`pawl:\"abroad\"`" + `
	Fee     base.Number ` + "`pawl:\"config\"`" + `
}

//pawl:workflow
func (w *Flow) Run(c std.Context, NAMES base.Text, m map[base.Text]base.Number) (total base.Number, e base.Err) {
	use(NAMES)
	{
		LOCAL
		in2, out := make(chan base.Number), make(chan base.Text, 1)
		go send(in2)
		go rest(c, 1)
		defer hold(c)
		select {
		case v, more := <-in2:
			total += v
			_ = more
		case out <- "x":
		case <-clock.After(clock.Second):
		}
		for k := range m {
			total += m[k]
		}
		for v := range in2 {
			total += v
		}
		Return(c)
		text, e := Take(c, TEXTS)
		if e != base.None {
			return total, e
		}
		if _, e := w.Carrier.Ship(c, text, text); e != base.None {
			return total, e
		}
		apply := hold
		apply(c)
		each[base.Text](c, Give)
		var s saver = saving{}
		save := s.Save
		save(c)
		saver.Save(s, c)
	}
	return total, w.Bank.Pay(c, forever(nothing))
}

type saver interface{ Save(c std.Context) base.Text }

type saving struct{}

func (saving) Save(c std.Context) base.Text { clock.Sleep(1); return "" }

type plainly struct{}

func (plainly) Save(c std.Context) base.Text { return "" }

func each[T interface{}](c std.Context, f func(std.Context) (T, base.Err)) {
	f(c)
}

func send(ch chan base.Number) { ch <- 1; close(ch) }

func rest(c std.Context, n clock.Duration) { clock.Sleep(n) }

func hold(c std.Context) { clock.Sleep(1) }

func use(...base.Text) {}

func forever(ch chan base.Number) base.Number {
	select {}
}
`)
}
