package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/internal/testmod"
)

// asCommand is the environment variable that makes the test binary run as pawlvet.
const asCommand = "PAWLVET_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// TestSameFindings compares the findings of pawl check for each rejected program with those of go vet with pawlvet.
func TestSameFindings(t *testing.T) {
	files, err := filepath.Glob("../../golden/reject/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs in golden/reject (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := testmod.Module{Path: "example.com/shop"}.New(t, archive)
			want := checked(t, dir)
			stdout, stderr, code := goVet(t, dir, "-json", "./...")
			if code != 0 {
				if builds(dir) {
					t.Fatalf("status %d: %s", code, stderr)
				}
				t.Skip("go vet checks only code that compiles")
			}
			if got := vetted(t, dir, stdout); !slices.Equal(got, want) {
				t.Errorf("go vet reports\n%s\npawl check\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// checked returns the findings of pawl check: the file, line and rule of each.
func checked(t *testing.T, dir string) (all []string) {
	t.Helper()
	result, err := gen.Check(t.Context(), gen.Config{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		all = append(all, fmt.Sprintf("%s:%d %s", filepath.ToSlash(diag.Rel(d.Pos.Filename, dir)), d.Pos.Line, d.Rule))
	}
	return unique(all)
}

// leadsTo matches the beginning of a message about another package.
var leadsTo = regexp.MustCompile(`^leads to (.*?):(\d+):\d+: `)

// vetted returns the findings of go vet in the form of checked.
func vetted(t *testing.T, dir, stdout string) (all []string) {
	t.Helper()
	for dec := json.NewDecoder(strings.NewReader(stdout)); dec.More(); {
		var units map[string]map[string][]struct{ Category, Posn, Message string }
		if err := dec.Decode(&units); err != nil {
			t.Fatalf("%v: %s", err, stdout)
		}
		for _, found := range units {
			for _, d := range found["pawl"] {
				at := strings.Split(filepath.ToSlash(diag.Rel(d.Posn, dir)), ":")
				if far := leadsTo.FindStringSubmatch(d.Message); far != nil {
					at = far[1:]
				}
				all = append(all, fmt.Sprintf("%s:%s %s", at[0], at[1], d.Category))
			}
		}
	}
	return unique(all)
}

func unique(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// shop has a workflow in two packages, which lead to a helper; its package has a directive, the one between has none.
const shop = `
-- order/order.go --
package order

import (
	"context"

	"example.com/shop/desk"
)

//pawl:workflow
func Order(ctx context.Context) (string, error) { return number() }

func number() (string, error) { return desk.Number(), nil }
-- refund/refund.go --
package refund

import (
	"context"
	"os"

	"example.com/shop/host"
)

//pawl:workflow
func Refund(ctx context.Context) (string, error) { return os.Getenv("SHOP") + host.Name(), nil }
-- desk/desk.go --
package desk

import "example.com/shop/host"

func Number() string { return host.Name() }
-- host/host.go --
package host

import "os"

//pawl:allow PWL211 all hosts of the shop have one name
var known = os.Getenv("HOST")

func Name() string {
	name, _ := os.Hostname()
	return name
}
`

const (
	orderSays = `order/order.go:12:45: leads to host/host.go:9:16: Name calls os.Hostname, which differs between processes [PWL211]
	order/order.go:10:58: Order calls number
	order/order.go:12:45: number calls desk.Number
	desk/desk.go:5:36: desk.Number calls host.Name
	pass it as an input of the workflow, or read it in an activity
`
	refundSays = `refund/refund.go:11:62: Refund calls os.Getenv, which differs between processes [PWL211]
	pass it as an input of the workflow, or read it in an activity
refund/refund.go:11:84: leads to host/host.go:9:16: Name calls os.Hostname, which differs between processes [PWL211]
	refund/refund.go:11:84: Refund calls host.Name
	pass it as an input of the workflow, or read it in an activity
`
)

// TestPlaces tests that each package gets the findings that its own workflows lead to, at the calls that leave the package.
func TestPlaces(t *testing.T) {
	dir := testmod.Module{Path: "example.com/shop"}.New(t, txtar.Parse([]byte(shop)))
	for pattern, want := range map[string]string{"./order": orderSays, "./refund": refundSays, "./desk": "", "./host": ""} {
		stdout, stderr, code := goVet(t, dir, pattern)
		if stderr != want || stdout != "" || (code != 0) != (want != "") {
			t.Errorf("%s: status %d, stdout %q, stderr\n%s\nwant\n%s", pattern, code, stdout, stderr, want)
		}
	}
}

// TestOutputIsDeterministic tests that the same code gets the same findings in the same order.
func TestOutputIsDeterministic(t *testing.T) {
	dir := testmod.Module{Path: "example.com/shop"}.New(t, txtar.Parse([]byte(shop)))
	want := strings.ReplaceAll("\n"+orderSays+refundSays, "\n", "\n"+dir+"/")
	want = strings.ReplaceAll(want, "\n"+dir+"/\t", "\n\t")
	want = strings.TrimSuffix(want[1:], dir+"/")
	for i := range 10 {
		stdout, stderr, code := execute(t, dir, os.Args[0], "./...")
		if stderr != want || stdout != "" || code == 0 {
			t.Fatalf("run %d: status %d, stdout %q, stderr\n%s\nwant\n%s", i, code, stdout, stderr, want)
		}
	}
	for i := range 10 {
		name := filepath.Join(dir, "refund", "refund.go")
		testmod.Write(t, name, slices.Concat(testmod.Read(t, name), []byte("// so that go vet does not repeat itself\n")))
		if _, stderr, _ := goVet(t, dir, "./refund"); stderr != refundSays {
			t.Fatalf("run %d of go vet: %s", i, stderr)
		}
	}
}

// TestCachedFindingsAreUpToDate tests that go vet does not use cached findings after a directive changed two packages away.
func TestCachedFindingsAreUpToDate(t *testing.T) {
	dir := testmod.Module{Path: "example.com/shop"}.New(t, txtar.Parse([]byte(shop)))
	host := filepath.Join(dir, "host", "host.go")
	change := func(old, new string) {
		testmod.Write(t, host, bytes.Replace(testmod.Read(t, host), []byte(old), []byte(new), 1))
	}
	expect := func(want string) {
		t.Helper()
		if _, stderr, code := goVet(t, dir, "./order"); stderr != want || (code != 0) != (want != "") {
			t.Fatalf("status %d, %s\nwant\n%s", code, stderr, want)
		}
	}
	change("os.Hostname()", "os.Hostname() //pawl-allow PWL211 all hosts have one name")
	expect(orderSays)
	change("() //pawl-allow", "() //pawl:allow")
	expect("")
	change("() //pawl:allow", "() //pawl-allow")
	expect(orderSays)
	change(`os.Hostname()`, `"counter", error(nil)`)
	change("import \"os\"", "import _ \"os\"")
	change(`os.Getenv("HOST")`, `"one"`)
	expect("")
}

// TestFailureIsNotCached tests that go vet does not cache a failure.
func TestFailureIsNotCached(t *testing.T) {
	dir := testmod.Module{Path: "example.com/shop"}.New(t, txtar.Parse([]byte(shop)))
	const driver = "GOPACKAGESDRIVER" // what loads packages in place of the go command
	t.Setenv(driver, filepath.Join(dir, "nothing"))
	if _, stderr, code := goVet(t, dir, "./order"); code == 0 || !strings.Contains(stderr, "nothing") {
		t.Errorf("with a driver that is missing: status %d, %s", code, stderr)
	}
	t.Setenv(driver, "")
	if _, stderr, code := goVet(t, dir, "./order"); code == 0 || stderr != orderSays {
		t.Errorf("without it: status %d, %s", code, stderr)
	}
}

// TestPawlIsNotRequired tests that a module is checked that does not require Pawl.
func TestPawlIsNotRequired(t *testing.T) {
	dir := testmod.Module{Path: "example.com/shop"}.New(t, txtar.Parse([]byte(shop)))
	testmod.Write(t, filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n\ngo 1.26.0\n"))
	if _, stderr, code := goVet(t, dir, "./order"); code == 0 || stderr != orderSays {
		t.Errorf("status %d, %s", code, stderr)
	}
}

// TestTags tests that files with build tags are checked in the builds that have them.
func TestTags(t *testing.T) {
	dir := testmod.Module{Path: "example.com/shop"}.New(t, txtar.Parse([]byte(`
-- shop.go --
package shop
-- special.go --
//go:build special

package shop

import "context"

//pawl:activity timout=1s
func Charge(ctx context.Context) error { return nil }
`)))
	const want = "special.go:7:17: unknown option timout [PWL101]\n\tdid you mean timeout?\n"
	tool := "-vettool=" + os.Args[0]
	for _, command := range [][]string{
		{"go", "vet", tool, "-tags=special", "."},
		{"go", "vet", tool, "-tags", "other,special", "."},
		{"env", "GOFLAGS=-tags=special", "go", "vet", tool, "."},
		{os.Args[0], "-tags=special", "."},
		{os.Args[0], "-tags", "special", "."},
		{"env", "GOFLAGS=-tags=special", os.Args[0], "."},
	} {
		_, stderr, code := execute(t, dir, command...)
		if got := strings.ReplaceAll(stderr, dir+"/", ""); got != want || code == 0 {
			t.Errorf("%v: status %d, %s", command, code, stderr)
		}
	}
	if _, stderr, code := goVet(t, dir, "."); stderr != "" || code != 0 {
		t.Errorf("without tags: status %d, %s", code, stderr)
	}
}

// goVet runs go vet with pawlvet.
func goVet(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return execute(t, dir, append([]string{"go", "vet", "-vettool=" + os.Args[0]}, args...)...)
}

func execute(t *testing.T, dir string, command ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = append(os.Environ(), "PWD="+dir, "GOWORK=off", asCommand+"="+strconv.Itoa(os.Getpid()))
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func builds(dir string) bool {
	cmd := exec.Command("go", "build", "./...")
	cmd.Dir = dir
	return cmd.Run() == nil
}
