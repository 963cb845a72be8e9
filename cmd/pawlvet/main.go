// Command pawlvet runs the checks of the compiler, with go vet or alone:
//
//	go vet -vettool=$(which pawlvet) ./...
//	pawlvet ./...
package main

import (
	"log"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/pawlhq/pawl/gen/vet"
)

func main() {
	debug.SetGCPercent(400) // use more memory and less time, because the process ends soon
	if tags, ok := buildTags(os.Args[1:]); ok {
		os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -tags="+tags))
	}
	check := vet.New()
	if !byGoVet(os.Args[1:]) {
		multichecker.Main(check)
	}
	exitOnError(check)
	multichecker.Main(check, vet.NewDirectives())
}

// exitOnError makes an analyzer exit the process when it fails. If it returned the error, go vet would cache it, and report
// it again after its cause is gone.
func exitOnError(a *analysis.Analyzer) {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		result, err := run(pass)
		if err != nil {
			log.Fatal(err)
		}
		return result, nil
	}
}

// byGoVet reports whether the go command calls this program. Its last argument is then a file that describes one package.
func byGoVet(args []string) bool {
	return len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg")
}

// buildTags returns the value of the flag -tags, which go vet passes on. Analyzers ignore the flag, but the go command that
// they run uses it from GOFLAGS, where the last -tags counts. If -tags is in GOFLAGS already, go vet passes the placeholder
// <TagsFlag> instead.
func buildTags(args []string) (tags string, ok bool) {
	for i, arg := range args {
		name, value, assigned := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case !strings.HasPrefix(arg, "-") || name != "tags":
		case value == "<TagsFlag>":
		case assigned:
			tags, ok = value, true
		case i+1 < len(args):
			tags, ok = args[i+1], true
		}
	}
	return tags, ok
}
