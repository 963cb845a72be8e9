// Command pawlvet is the check of the compiler for go vet, and by itself:
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
	debug.SetGCPercent(400) // trades memory for time, as suits a process that checks and ends
	if tags, ok := buildTags(os.Args[1:]); ok {
		os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -tags="+tags))
	}
	check := vet.New()
	if !byGoVet(os.Args[1:]) {
		multichecker.Main(check)
	}
	failAtOnce(check)
	multichecker.Main(check, vet.NewDirectives())
}

// failAtOnce has an analyzer end the process with its error: go vet would keep a returned one, and repeat it when its
// cause is gone.
func failAtOnce(a *analysis.Analyzer) {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		result, err := run(pass)
		if err != nil {
			log.Fatal(err)
		}
		return result, nil
	}
}

// byGoVet reports whether the go command calls: the last argument describes one package.
func byGoVet(args []string) bool {
	return len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg")
}

// buildTags is the value of the flag -tags, which go vet passes on. Analyzers take no notice of it, but the go command
// that they call does, by GOFLAGS, where the last one counts. What stands in GOFLAGS already, go vet passes on as the
// placeholder <TagsFlag>.
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
