package language

// This file is about maps, order, text and numbers.

var collections = Theme{
	Title: "Maps, order, text, numbers",
	Intro: "What has no order in Go has one in a run, or is refused.",
	Rows: []Row{
		durable("`range` over a map", "in the order of the keys; entries that are deleted on the way are left out, as are those that are added. Keys of every kind with an order: numbers, NaN among them, strings, booleans, arrays and structs of such",
			"accept/mapranges", "range stock {", "accept/mapranges", "range hall {", "accept/mapranges", "for _, v := range m", "runtime/abi/maps_test.go", "TestOrderOfKeys"),
		rejected("PWL216", "`range` over a map with keys that are pointers, channels or interfaces", "they have no order", "reject/map-order", "range orders"),
		durable("`maps.All`, `Keys`, `Values`, `DeleteFunc`, `EqualFunc`", "in the order of the keys", "accept/mapiterators", "maps.All(stock)", "accept/mapiterators", "maps.Keys(stock)", "accept/mapiterators", "maps.Values(stock)", "accept/mapiterators", "maps.DeleteFunc(", "accept/mapiterators", "maps.EqualFunc("),
		rejected("PWL216", "the same, with keys without an order", "there is none to go by", "reject/map-order", "maps.Values(names)"),
		asIs("`maps.Clone`, `Copy`, `Equal`, `Collect`, `Insert`, `slices.Sorted(maps.Keys(m))`", "no order shows", "accept/mapiterators", "maps.Clone(stock)", "accept/mapiterators", "maps.Collect(", "accept/mapranges", "slices.Sorted(maps.Keys(stock))"),
		rejected("PWL216", "maps by reflection", "go by Go's random order", "reject/reflection", "MapKeys()", "reject/reflection", "MapRange()"),
		asIs("printing a map; `encoding/json`, `xml`, `csv`, templates", "go by sorted keys. Keys that are interfaces sort by their types first, of which nothing is said", "accept/library", "json.Marshal(ages)", "accept/library", "page.Execute(&html, ages)"),
		rejected("PWL216", "`encoding/gob`", "writes maps in Go's random order", "reject/outside", "gob.NewEncoder("),
		rejected("PWL215", "addresses in text: `%p`, channels, functions, pointers inside of something", "differ on every replay", "reject/addresses", `fmt.Sprintf("%p", last)`, "reject/addresses", "fmt.Sprint(done)", "reject/addresses", "fmt.Sprint([]*order{last})", "reject/addresses", "fmt.Sprintf(format, last)"),
		rejected("PWL215", "the same, behind an interface: in an `any`, a type argument, a list of arguments, what `recover` gives", "values are followed from where they are put into the interface", "reject/addresses-in-interfaces", "fmt.Sprint(last)", "reject/addresses-in-interfaces", "fmt.Sprint(v)", "reject/addresses-in-interfaces", "fmt.Sprint(parts...)", "reject/addresses-in-interfaces", "recover()"),
		rejected("PWL215", "a field that is not exported, and holds an error, a time or a pointer", "package fmt calls no methods there, and prints addresses", "reject/addresses-in-interfaces", "failure{id"),
		rejected("PWL214", "`unsafe`, addresses as numbers", "differ on every replay", "reject/reflection", "unsafe.Pointer(c)", "reject/reflection", "v.Pointer()"),
		asIs("`sort.Slice`, `slices.SortFunc` with ties", "the same in one release of Go. Another may order equals in another way, of which nothing is said: sort stably", "accept/library", "sort.Slice(items", "accept/library", "slices.SortStableFunc("),
		asIs("floating point, the size of `int`", "the same on one architecture. `int` has 32 bits on some, and some fuse `x*y + z`, of which nothing is said: write `float64(x*y) + z`, or run the workers of one namespace on one architecture", "accept/library", "float64(x*y)+z"),
		asIs("`errors.Is`, `errors.As`, `errors.Join`", "hold across activities: errors always go through the codec, in the first execution, too", "accept/errortrees", "errors.Is(", "accept/errortrees", "errors.As("),
	},
}
