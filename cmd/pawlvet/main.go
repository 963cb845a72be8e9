// Command pawlvet is the check of the compiler for go vet, and by itself:
//
//	go vet -vettool=$(which pawlvet) ./...
//	pawlvet ./...
package main

import (
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis/singlechecker"

	"github.com/pawlhq/pawl/gen/vet"
)

func main() {
	debug.SetGCPercent(400) // trades memory for time, as suits a process that checks and ends
	if tags, ok := buildTags(os.Args[1:]); ok {
		os.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -tags="+tags))
	}
	singlechecker.Main(vet.New()) // which is a vettool, too, when it is called as one
}

// buildTags is the value of the flag -tags, which go vet passes on. Analyzers take no notice of it, but the go command
// that they call does, by GOFLAGS, where the last one counts.
func buildTags(args []string) (tags string, ok bool) {
	for i, arg := range args {
		name, value, assigned := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case arg == "--" || !strings.HasPrefix(arg, "-"):
			return tags, ok
		case name == "tags" && assigned:
			tags, ok = value, true
		case name == "tags" && i+1 < len(args):
			return args[i+1], true
		}
	}
	return tags, ok
}
