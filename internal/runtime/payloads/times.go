// This file removes the host's time zone from decoded values. encoding/json gives a decoded time the host's zone if its
// offset happens to be that of the host. A replay on another host would see another zone, with other rules. So such times
// get a zone with the same offset that has no name and no rules.

package payloads

import (
	"reflect"
	"sync"
	"time"
	"unsafe"
)

// RebaseTimes replaces, in the value that v points to, the host's zone of times by a nameless zone of the same offset: the
// result of decoding on a host in another zone.
func RebaseTimes(v any) {
	p := reflect.ValueOf(v)
	if p.Kind() == reflect.Pointer && !p.IsNil() && hasTime(p.Type().Elem()) {
		rebasing{}.value(p.Elem())
	}
}

var timeType = reflect.TypeFor[time.Time]()

var timeTypes sync.Map // reflect.Type to bool: whether values of the type may hold a time

// hasTime reports whether values of t may hold a time that can be reached and changed.
func hasTime(t reflect.Type) bool {
	if known, ok := timeTypes.Load(t); ok {
		return known.(bool)
	}
	has := findTime(t, map[reflect.Type]bool{})
	timeTypes.Store(t, has)
	return has
}

func findTime(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == timeType {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return findTime(t.Elem(), seen)
	case reflect.Map:
		return findTime(t.Elem(), seen) || findTime(t.Key(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && findTime(f.Type, seen) {
				return true
			}
		}
	}
	return false
}

// rebasing holds the memory that was visited: the methods with which a type decodes itself may make a cyclic value.
type rebasing map[memory]bool

type memory struct {
	typ     reflect.Type
	address unsafe.Pointer
	length  int
}

// first reports whether memory is visited for the first time.
func (r rebasing) first(v reflect.Value, length int) bool {
	m := memory{v.Type(), v.UnsafePointer(), length}
	seen := r[m]
	r[m] = true
	return !seen
}

func (r rebasing) value(v reflect.Value) {
	if v.Type() == timeType {
		if v.CanSet() {
			v.Set(reflect.ValueOf(withoutHostZone(v.Interface().(time.Time))))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && hasTime(v.Type().Elem()) && r.first(v, 1) {
			r.value(v.Elem())
		}
	case reflect.Slice:
		if hasTime(v.Type().Elem()) && r.first(v, v.Len()) {
			r.elements(v)
		}
	case reflect.Array:
		if hasTime(v.Type().Elem()) {
			r.elements(v)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); (f.IsExported() || f.Anonymous) && hasTime(f.Type) {
				r.value(v.Field(i))
			}
		}
	case reflect.Map:
		if hasTime(v.Type().Elem()) && v.CanSet() && r.first(v, 0) {
			r.entries(v)
		}
	}
}

func (r rebasing) elements(v reflect.Value) {
	for i := range v.Len() {
		r.value(v.Index(i))
	}
}

// entries replaces a map's values, which cannot be changed in place. Keys keep their zones, because two of them could
// become equal.
func (r rebasing) entries(v reflect.Value) {
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		r.value(value)
		v.SetMapIndex(key, value)
	}
}

// withoutHostZone returns t in a nameless zone of the same offset, if its zone is the host's.
func withoutHostZone(t time.Time) time.Time {
	if t.Location() != time.Local {
		return t
	}
	_, offset := t.Zone()
	return t.In(time.FixedZone("", offset))
}
