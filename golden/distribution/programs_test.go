package distribution_test

import (
	"cmp"
	"go/build"
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This file finds the programs.

// program is one of the Go distribution's.
type program struct {
	name   string // as seen from GOROOT/test: chan/sieve1.go
	source []byte
}

// set is a kind of programs.
type set struct {
	name string
	has  func(program) bool
	pass int // how many of them behave as native ones, at least
}

// without is the environment variable that makes a toolchain without its programs acceptable.
const without = "PAWL_WITHOUT_GOROOT_TEST"

// findPrograms reads the programs that the distribution runs on this system, by name.
func findPrograms(t *testing.T) (programs []program) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "test")
	if _, err := os.Stat(root); err != nil {
		missing(t, err)
	}
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".dir") { // a test of several files
			return cmp.Or(err, filepath.SkipDir)
		}
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil || !runs.Match(source) {
			return err
		}
		if here, err := build.Default.MatchFile(filepath.Split(path)); err != nil || !here {
			return err
		}
		name, err := filepath.Rel(root, path)
		programs = append(programs, program{filepath.ToSlash(name), source})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return programs
}

// runs matches the first line of a program that is one file, built without flags and run without arguments.
var runs = regexp.MustCompile(`^// run[ \t]*\n`)

// missing fails the test, unless the environment says that a toolchain without its own tests is all there is.
func missing(t *testing.T, err error) {
	t.Helper()
	if os.Getenv(without) != "" {
		t.Skipf("NOT TESTED: this toolchain comes without its own tests (%v), and %s accepts that", err, without)
	}
	t.Fatalf("this toolchain comes without its own tests: %v\ninstall one from go.dev/dl, or set %s=1 to do without them", err, without)
}

// usesChannels reports whether a program makes a channel, communicates or selects.
func usesChannels(p program) (yes bool) {
	var before [2]string
	p.scan(func(_ int, tok token.Token, text string) {
		made := tok == token.CHAN && before == [2]string{"make", "("}
		yes = yes || tok == token.ARROW || tok == token.SELECT || made
		before = [2]string{before[1], text}
	})
	return yes
}

// language matches the programs that test what lowering could break without any channel.
var language = regexp.MustCompile(`^(defer|recover|closure|range|method|reorder|switch)[^/]*$`)

func testsLanguage(p program) bool { return language.MatchString(p.name) }

// scan calls f for each token of the source, with its offset and its text.
func (p program) scan(f func(offset int, tok token.Token, text string)) {
	file := token.NewFileSet().AddFile(p.name, -1, len(p.source))
	var s scanner.Scanner
	s.Init(file, p.source, nil, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return
		}
		f(file.Offset(pos), tok, cmp.Or(text, tok.String()))
	}
}

// id is a folder's and a command's name for the program.
func (p program) id() string {
	return strings.NewReplacer("/", "-", ".", "_").Replace(strings.TrimSuffix(p.name, ".go"))
}

// renamed returns the source with a different name for the function main, so that a new main can be added.
func (p program) renamed() []byte {
	var out []byte
	at, previous := 0, token.ILLEGAL
	p.scan(func(offset int, tok token.Token, text string) {
		if text == "main" && tok == token.IDENT && previous != token.PACKAGE {
			out = append(append(out, p.source[at:offset]...), originalMain...)
			at = offset + len(text)
		}
		previous = tok
	})
	return append(out, p.source[at:]...)
}

const originalMain = "originalMain"

// choose are the programs of any of the sets.
func choose(programs []program, sets []set) []program {
	return slices.DeleteFunc(slices.Clone(programs), func(p program) bool {
		return !slices.ContainsFunc(sets, func(s set) bool { return s.has(p) })
	})
}
