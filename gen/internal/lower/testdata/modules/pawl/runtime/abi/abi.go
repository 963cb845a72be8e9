// Package abi stands for the real one, in a run that sleeps no time and writes to its standard output.
package abi

import (
	"cmp"
	"fmt"
	"log"
	"log/slog"
	"maps"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"
	"time"
)

type Registration struct{}

type Run struct{ slept time.Duration }

func Now(run *Run) time.Time                  { return time.Unix(0, 0).UTC().Add(run.slept) }
func Sleep(run *Run, d time.Duration)         { run.slept += d }
func Println(run *Run, a ...any) (int, error) { return fmt.Println(a...) }
func Printf(run *Run, format string, a ...any) (int, error) {
	return fmt.Printf(format, a...)
}

func MapRange[M ~map[K]V, K comparable, V any](m M) *MapIter[K, V] {
	keys := slices.SortedFunc(maps.Keys(m), func(a, b K) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return &MapIter[K, V]{m: m, keys: keys}
}

func MapEntries[M ~map[K]V, K comparable, V any](m M) (key K, value V, it *MapIter[K, V]) {
	return key, value, MapRange(m)
}

type MapIter[K comparable, V any] struct {
	m     map[K]V
	keys  []K
	key   K
	value V
}

func (it *MapIter[K, V]) Key() K   { return it.key }
func (it *MapIter[K, V]) Value() V { return it.value }

func (it *MapIter[K, V]) Next(key *K, value *V) bool {
	for len(it.keys) > 0 {
		next := it.keys[0]
		it.keys = it.keys[1:]
		if v, ok := it.m[next]; ok {
			it.key, it.value = next, v
			if key != nil {
				*key = next
			}
			if value != nil {
				*value = v
			}
			return true
		}
	}
	return false
}

func Since(run *Run, t time.Time) time.Duration { return Now(run).Sub(t) }
func Until(run *Run, t time.Time) time.Duration { return t.Sub(Now(run)) }

func ParseTime(run *Run, layout, value string) (time.Time, error) {
	return time.ParseInLocation(layout, value, time.UTC)
}
func Unix(run *Run, sec, nsec int64) time.Time { return time.Unix(sec, nsec).UTC() }
func UnixMilli(run *Run, msec int64) time.Time { return time.UnixMilli(msec).UTC() }
func UnixMicro(run *Run, usec int64) time.Time { return time.UnixMicro(usec).UTC() }

func Print(run *Run, a ...any) (int, error) { return fmt.Print(a...) }

func BuiltinPrint(run *Run, a ...any)   { fmt.Print(a...) }
func BuiltinPrintln(run *Run, a ...any) { fmt.Println(a...) }

func Rand(run *Run) *rand.Rand     { return rand.New(rand.NewSource(1)) }
func RandV2(run *Run) *randv2.Rand { return randv2.New(randv2.NewPCG(1, 2)) }

func RandN[I ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr](run *Run, n I) I {
	return 0
}

func Slog(run *Run) *slog.Logger { return slog.Default() }
func Log(run *Run) *log.Logger   { return log.Default() }

// What every generated file declares needs these.
const GeneratedV2 = true

type (
	Errors  []any
	Source  struct{}
	Package struct {
		Path, Generator string
		Errors          Errors
		Sources         []Source
		Imports         []string
	}
)

func NewPackage(p Package) *Package { return &p }
