// Finding the largest knot among the files of a package.

package main

// knot returns the largest set of files that all use each other, directly or through others, in the order of p.files.
// A package whose files don't depend on each other in circles has a knot of one file.
func (p *pkg) knot() []string {
	reached := map[string]map[string]bool{}
	for _, f := range p.files {
		reached[f] = map[string]bool{}
		p.reach(f, reached[f])
	}
	var largest []string
	for _, f := range p.files {
		var knot []string
		for _, g := range p.files {
			if f == g || reached[f][g] && reached[g][f] {
				knot = append(knot, g)
			}
		}
		if len(knot) > len(largest) {
			largest = knot
		}
	}
	return largest
}

// reach adds to seen every file that f uses, directly or through others.
func (p *pkg) reach(f string, seen map[string]bool) {
	for g := range p.uses[f] {
		if !seen[g] {
			seen[g] = true
			p.reach(g, seen)
		}
	}
}
