// This file ranges over maps in the order of their keys.

package abi

import (
	"cmp"
	"fmt"
	"iter"
	"reflect"
	"slices"
)

// MapRange begins a range over m in the order of its keys: false before true, numbers and strings ascending, arrays
// and structs field by field, interfaces that all hold one type by their values. As the language allows, entries that
// are added during the range are not visited, and entries that are removed are skipped.
func MapRange[M ~map[K]V, K comparable, V any](m M) *MapIter[K, V] {
	it := &MapIter[K, V]{m: m, entries: make([]entry[K, V], 0, len(m))}
	for k, v := range m {
		it.entries = append(it.entries, entry[K, V]{k, v})
		if k != k {
			it.nans++
		}
	}
	slices.SortFunc(it.entries, func(a, b entry[K, V]) int {
		return compare(reflect.ValueOf(&a.key).Elem(), reflect.ValueOf(&b.key).Elem())
	})
	return it
}

// MapEntries is MapRange for a loop with variables per iteration, which Next fills.
func MapEntries[M ~map[K]V, K comparable, V any](m M) (key K, value V, it *MapIter[K, V]) {
	return key, value, MapRange(m)
}

// MapAll is MapRange as an iterator.
func MapAll[M ~map[K]V, K comparable, V any](m M) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for k, v, it := MapEntries(m); it.Next(&k, &v); {
			if !yield(k, v) {
				return
			}
		}
	}
}

// MapKeys is maps.Keys, in the order of the keys.
func MapKeys[M ~map[K]V, K comparable, V any](m M) iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range MapAll(m) {
			if !yield(k) {
				return
			}
		}
	}
}

// MapValues is maps.Values, in the order of the keys.
func MapValues[M ~map[K]V, K comparable, V any](m M) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, v := range MapAll(m) {
			if !yield(v) {
				return
			}
		}
	}
}

// MapDeleteFunc is maps.DeleteFunc, in the order of the keys.
func MapDeleteFunc[M ~map[K]V, K comparable, V any](m M, del func(K, V) bool) {
	for k, v := range MapAll(m) {
		if del(k, v) {
			delete(m, k)
		}
	}
}

// MapEqualFunc is maps.EqualFunc, in the order of the keys.
func MapEqualFunc[M1 ~map[K]V1, M2 ~map[K]V2, K comparable, V1, V2 any](m1 M1, m2 M2, eq func(V1, V2) bool) bool {
	if len(m1) != len(m2) {
		return false
	}
	for k, v1 := range MapAll(m1) {
		if v2, ok := m2[k]; !ok || !eq(v1, v2) {
			return false
		}
	}
	return true
}

// MapIter is a range over a map.
type MapIter[K comparable, V any] struct {
	m       map[K]V
	entries []entry[K, V]
	nans    int // entries whose keys have a NaN: they cannot be looked up, and only clear removes them
	current entry[K, V]
}

// Key returns the key that Next moved to.
func (it *MapIter[K, V]) Key() K { return it.current.key }

// Value returns the value that Next moved to.
func (it *MapIter[K, V]) Value() V { return it.current.value }

type entry[K comparable, V any] struct {
	key   K
	value V
}

// Next moves to the next key that is still in the map, and stores it in *key and its value in *value, unless these are
// nil. After the last key it changes nothing and returns false.
func (it *MapIter[K, V]) Next(key *K, value *V) bool {
	for len(it.entries) > 0 {
		next := it.entries[0]
		it.entries = it.entries[1:]
		if v, ok := it.m[next.key]; ok {
			next.value = v
		} else if next.key == next.key || len(it.m) < it.nans {
			continue
		}
		it.current = next
		if key != nil {
			*key = next.key
		}
		if value != nil {
			*value = next.value
		}
		return true
	}
	return false
}

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
		panic(fmt.Sprintf("pawl: range over a map whose interface keys hold both %s and %s, which have no order: use keys of one type", a.Elem().Type(), b.Elem().Type()))
	}
	panic(fmt.Sprintf("pawl: range over a map with keys of type %s, which have no order: use keys that can be ordered", a.Type()))
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
