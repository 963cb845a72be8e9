// Command knots counts how entangled the files of each package are.
//
// A file uses another one of its package if it mentions a package-level name, a method or a field that the other file
// declares. A knot is the largest set of files that all use each other in this way, directly or through others: none of
// them can be understood, tested or moved without the rest. Test files and generated files don't count.
//
//	go run ./internal/knots [-v] [packages]
//
// Without packages it counts ./... and prints one line per package, the largest knot first. With -v it also prints the
// files of each knot and what each of them uses of the others.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	verbose := flag.Bool("v", false, "print the files of each knot and their uses of each other")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	packages, err := load(".", patterns...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "knots:", err)
		os.Exit(1)
	}
	slices.SortFunc(packages, func(a, b *pkg) int {
		return cmp.Or(cmp.Compare(len(b.knot()), len(a.knot())), cmp.Compare(a.path, b.path))
	})
	for _, p := range packages {
		print(os.Stdout, p, *verbose)
	}
}

func print(w io.Writer, p *pkg, verbose bool) {
	knot := p.knot()
	fmt.Fprintf(w, "%2d of %2d files  %s\n", len(knot), len(p.files), p.path)
	if !verbose {
		return
	}
	for _, from := range knot {
		for _, to := range knot {
			if names := slices.Sorted(maps.Keys(p.uses[from][to])); len(names) > 0 {
				fmt.Fprintf(w, "\t%s → %s: %s\n", from, to, strings.Join(names, ", "))
			}
		}
	}
}
