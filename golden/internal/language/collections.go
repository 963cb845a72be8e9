// The rows about maps, order, text and numbers.

package language

var collections = Theme{
	Title: "Maps, order, text, numbers",
	Intro: "What has no order in Go has a fixed order in a run, or is rejected.",
	Rows: []Row{
		durable("`range` over a map", "in key order; entries that are deleted or added during the loop are skipped. Keys may be of any ordered kind: numbers (including NaN), strings, booleans, and arrays and structs of these",
			"accept/mapranges", "range stock {", "accept/mapranges", "range hall {", "accept/mapranges", "for _, v := range m", "runtime/abi/maps_test.go", "TestOrderOfKeys"),
		rejected("PWL216", "`range` over a map with keys that are pointers, channels or interfaces", "such keys have no order", "reject/map-order", "range orders"),
		durable("`maps.All`, `Keys`, `Values`, `DeleteFunc`, `EqualFunc`", "in key order", "accept/mapiterators", "maps.All(stock)", "accept/mapiterators", "maps.Keys(stock)", "accept/mapiterators", "maps.Values(stock)", "accept/mapiterators", "maps.DeleteFunc(", "accept/mapiterators", "maps.EqualFunc("),
		rejected("PWL216", "the same with unordered keys", "such keys have no order", "reject/map-order", "maps.Values(names)"),
		asIs("`maps.Clone`, `Copy`, `Equal`, `Collect`, `Insert`, `slices.Sorted(maps.Keys(m))`", "the order is not visible", "accept/mapiterators", "maps.Clone(stock)", "accept/mapiterators", "maps.Collect(", "accept/mapranges", "slices.Sorted(maps.Keys(stock))"),
		rejected("PWL216", "maps through reflection", "use Go's random order", "reject/reflection", "MapKeys()", "reject/reflection", "MapRange()"),
		asIs("printing a map; `encoding/json`, `xml`, `csv`, templates", "use sorted keys. Interface keys are sorted by type first (not reported)", "accept/library", "json.Marshal(ages)", "accept/library", "page.Execute(&html, ages)"),
		rejected("PWL216", "`encoding/gob`", "writes maps in Go's random order", "reject/outside", "gob.NewEncoder("),
		rejected("PWL215", "addresses in text: `%p`, channels, functions, nested pointers", "differ on every replay", "reject/addresses", `fmt.Sprintf("%p", last)`, "reject/addresses", "fmt.Sprint(done)", "reject/addresses", "fmt.Sprint([]*order{last})", "reject/addresses", "fmt.Sprintf(format, last)"),
		rejected("PWL215", "the same inside an interface: in an `any`, a type argument, a variadic argument, the result of `recover`", "values are traced from the place where they are converted to the interface", "reject/addresses-in-interfaces", "fmt.Sprint(last)", "reject/addresses-in-interfaces", "fmt.Sprint(v)", "reject/addresses-in-interfaces", "fmt.Sprint(parts...)", "reject/addresses-in-interfaces", "recover()"),
		rejected("PWL215", "an unexported field that holds an error, a time or a pointer", "package fmt calls no methods on such fields and prints addresses", "reject/addresses-in-interfaces", "failure{id"),
		rejected("PWL214", "`unsafe`, addresses as numbers", "differ on every replay", "reject/reflection", "unsafe.Pointer(c)", "reject/reflection", "v.Pointer()"),
		asIs("`sort.Slice`, `slices.SortFunc` with ties", "the same within one release of Go. Another release may order equal elements differently (not reported): use a stable sort", "accept/library", "sort.Slice(items", "accept/library", "slices.SortStableFunc("),
		asIs("floating point, the size of `int`", "the same on one architecture. On some, `int` has 32 bits or `x*y + z` is fused (not reported): write `float64(x*y) + z`, or run all workers of a namespace on one architecture", "accept/library", "float64(x*y)+z"),
		asIs("`errors.Is`, `errors.As`, `errors.Join`", "work across activities: errors always pass through the codec, in the first execution, too", "accept/errortrees", "errors.Is(", "accept/errortrees", "errors.As("),
	},
}
