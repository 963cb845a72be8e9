package lower

import (
	"cmp"
	"maps"
	"slices"
)

// This file collects the generic functions that lowered files call, and that the stubs of their package declare.

// helper is a Binder or a Dispatcher. Its name says all that there is to know of it.
type helper interface{ Name() string }

// need enters a helper and gives its name.
func need[H helper](all map[string]H, h H) string {
	all[h.Name()] = h
	return h.Name()
}

// Binders are those that some files need together, by name.
func Binders(files []File) []Binder {
	return together(files, func(f File) []Binder { return f.Binders })
}

// Dispatchers are those that some files need together, by name.
func Dispatchers(files []File) []Dispatcher {
	return together(files, func(f File) []Dispatcher { return f.Dispatchers })
}

func together[H helper](files []File, of func(File) []H) []H {
	all := map[string]H{}
	for _, f := range files {
		for _, h := range of(f) {
			need(all, h)
		}
	}
	return byName(all)
}

func byName[H helper](all map[string]H) []H {
	return slices.SortedFunc(maps.Values(all), func(a, b H) int { return cmp.Compare(a.Name(), b.Name()) })
}
