package abi

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// MapRange ranges over m in the order of its keys: false before true, numbers and strings ascending, arrays and
// structs field by field, interfaces that all hold one type by their values. As the language allows, entries added
// meanwhile are not visited and entries removed meanwhile are skipped.
func MapRange[M ~map[K]V, K comparable, V any](m M) *MapIter[K, V] {
	it := &MapIter[K, V]{m: m, entries: make([]entry[K, V], 0, len(m))}
	for k, v := range m {
		it.entries = append(it.entries, entry[K, V]{k, v})
	}
	slices.SortFunc(it.entries, func(a, b entry[K, V]) int {
		return compare(reflect.ValueOf(&a.key).Elem(), reflect.ValueOf(&b.key).Elem())
	})
	return it
}

// MapIter is a range over a map under way.
type MapIter[K comparable, V any] struct {
	m       map[K]V
	entries []entry[K, V]
	current entry[K, V]
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

// Next moves to the next key that is still in the map.
func (it *MapIter[K, V]) Next() bool {
	for len(it.entries) > 0 {
		it.current, it.entries = it.entries[0], it.entries[1:]
		if it.current.key != it.current.key { // NaN: in the map, but not to be found in it
			return true
		}
		if v, ok := it.m[it.current.key]; ok {
			it.current.value = v
			return true
		}
	}
	it.current = entry[K, V]{}
	return false
}

// Key is the key that Next moved to.
func (it *MapIter[K, V]) Key() K { return it.current.key }

// Value is the value of Key when Next moved to it.
func (it *MapIter[K, V]) Value() V { return it.current.value }

func compare(a, b reflect.Value) int {
	switch a.Kind() {
	case reflect.Bool:
		return cmp.Compare(b2i(a.Bool()), b2i(b.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Complex64, reflect.Complex128:
		return cmp.Or(cmp.Compare(real(a.Complex()), real(b.Complex())), cmp.Compare(imag(a.Complex()), imag(b.Complex())))
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Array:
		return compareAll(a.Len(), a.Index, b.Index)
	case reflect.Struct:
		return compareAll(a.NumField(), a.Field, b.Field)
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return cmp.Compare(b2i(!a.IsNil()), b2i(!b.IsNil()))
		}
		if a.Elem().Type() == b.Elem().Type() {
			return compare(a.Elem(), b.Elem())
		}
		panic(fmt.Sprintf("pawl: range over a map whose interface keys hold both %s and %s: they have no order", a.Elem().Type(), b.Elem().Type()))
	}
	panic(fmt.Sprintf("pawl: range over a map with keys of type %s: they have no order", a.Type()))
}

func compareAll(n int, a, b func(int) reflect.Value) int {
	for i := range n {
		if c := compare(a(i), b(i)); c != 0 {
			return c
		}
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
