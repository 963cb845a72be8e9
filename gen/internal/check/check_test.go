package check_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/internal/goldentest"
)

// deps are the modules that the cases use besides their own.
var deps = map[string]string{
	"github.com/pawlhq/pawl": "testdata/modules/pawl",
	"example.org/third":      "testdata/modules/third",
	"github.com/google/uuid": "testdata/modules/uuid",
	"golang.org/x/sync":      "testdata/modules/sync",
}

// TestCases checks every archive of testdata: its file want holds the diagnostics, the remarks, and for each workflow
// the functions that are lowered with it.
func TestCases(t *testing.T) {
	cases := checktest.Cases(t, "testdata")
	prog, dir := checktest.LoadReached(t, cases, deps, check.Unknown)
	if t.Failed() {
		return
	}
	res := check.Run(prog)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			goldentest.Section(t, c.Path, c.Archive, "want", []byte(outcome(res, dir, c.Name)))
		})
	}
	for _, d := range slices.Concat(res.Diagnostics, res.Remarks) {
		if !slices.ContainsFunc(check.Rules(), func(r diag.Rule) bool { return r.ID == d.Rule }) {
			t.Errorf("%s is reported, but no rule describes it", d.Rule)
		}
	}
	for range 9 {
		if again := check.Run(prog); all(again, dir) != all(res, dir) {
			t.Fatalf("a second run of the same check has another result:\n%s", all(again, dir))
		}
	}
}

// outcome is what the check has to say about the packages of one case.
func outcome(res *check.Result, dir, name string) string {
	var b strings.Builder
	modules, _ := filepath.Abs("testdata/modules")
	section := func(title string, ds []diag.Diagnostic) {
		for _, d := range ds {
			if text := strings.ReplaceAll(d.Format(dir), modules+"/", ""); strings.HasPrefix(text, name+"/") {
				b.WriteString(title + strings.ReplaceAll(text, name+"/", ""))
			}
		}
	}
	section("", res.Diagnostics)
	section("remark: ", res.Remarks)
	for _, w := range res.Workflows() {
		if !strings.HasPrefix(w.Pkg().Path()+"/", checktest.Module+"/"+name+"/") {
			continue
		}
		fmt.Fprintf(&b, "lowered with %s:", w.Name())
		for _, fn := range res.Reached[w] {
			fmt.Fprintf(&b, " %s", strings.ReplaceAll(fn.FullName(), checktest.Module+"/"+name, ""))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func all(res *check.Result, dir string) string {
	return outcome(res, dir, "") + fmt.Sprint(len(res.Lowered), res.Diagnostics, res.Remarks)
}
