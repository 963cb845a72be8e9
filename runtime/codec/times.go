// A decoded time carries the host's zone where its offset happens to be the host's: encoding/json, and time.Parse
// behind it, make it so. A replay on a host elsewhere would see another zone, and other rules for the half of the year
// to come. So such times get a zone of the same offset that has no name and no rules.

package codec

import (
	"reflect"
	"sync"
	"time"
)

// RebaseTimes puts the times in v, a pointer to a decoded value, that are in the zone of the host into one of their
// offset: what decoding gives on every host where that offset is not at home.
func RebaseTimes(v any) {
	p := reflect.ValueOf(v)
	if p.Kind() == reflect.Pointer && !p.IsNil() && hasTime(p.Type().Elem()) {
		rebase(p.Elem())
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

func rebase(v reflect.Value) {
	if v.Type() == timeType {
		if v.CanSet() {
			v.Set(reflect.ValueOf(WithoutHostZone(v.Interface().(time.Time))))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			rebase(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if hasTime(v.Type().Elem()) {
			for i := range v.Len() {
				rebase(v.Index(i))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); (f.IsExported() || f.Anonymous) && hasTime(f.Type) {
				rebase(v.Field(i))
			}
		}
	case reflect.Map:
		rebaseMap(v)
	}
}

// rebaseMap replaces a map's values, which cannot be changed in place. Keys keep their zones: two of them could become
// one.
func rebaseMap(v reflect.Value) {
	if !hasTime(v.Type().Elem()) || !v.CanSet() {
		return
	}
	for _, key := range v.MapKeys() {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(v.MapIndex(key))
		rebase(value)
		v.SetMapIndex(key, value)
	}
}

// WithoutHostZone is t in a nameless zone of the same offset, if its zone is the host's: what decoding gives on every
// host where that offset is not at home.
func WithoutHostZone(t time.Time) time.Time {
	if t.Location() != time.Local {
		return t
	}
	_, offset := t.Zone()
	return t.In(time.FixedZone("", offset))
}
