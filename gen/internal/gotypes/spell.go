// This file decides which types a package can write down.

package gotypes

import (
	"go/types"
	"slices"
	"strings"
)

// Unspellable returns the first part of t that code of pkg cannot write down, because a name is not exported or a
// package cannot be imported. It returns nil if pkg can write all of t.
func Unspellable(t types.Type, pkg *types.Package) types.Type {
	return unspellable(t, pkg, map[types.Type]bool{})
}

func unspellable(t types.Type, pkg *types.Package, seen map[types.Type]bool) types.Type {
	if seen[t] {
		return nil
	}
	seen[t] = true
	if !spells(pkg, t) {
		return t
	}
	for _, part := range parts(t) {
		if culprit := unspellable(part, pkg, seen); culprit != nil {
			return culprit
		}
	}
	return nil
}

// parts returns the types that are written out where t is.
func parts(t types.Type) (ts []types.Type) {
	switch t := t.(type) {
	case interface{ TypeArgs() *types.TypeList }: // names and aliases
		ts = slices.Collect(t.TypeArgs().Types())
	case *types.Map:
		ts = append(ts, t.Key(), t.Elem())
	case interface{ Elem() types.Type }:
		ts = append(ts, t.Elem())
	case *types.Signature:
		ts = append(ts, t.Params(), t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			ts = append(ts, v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			ts = append(ts, f.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			ts = append(ts, m.Signature())
		}
	}
	return ts
}

// spells reports whether code of pkg can write t, apart from its parts.
func spells(pkg *types.Package, t types.Type) bool {
	visible := func(obj types.Object) bool { return obj.Exported() || obj.Pkg() == pkg }
	switch t := t.(type) {
	case interface{ Obj() *types.TypeName }:
		from := t.Obj().Pkg()
		if _, param := t.(*types.TypeParam); param || from == nil {
			return true
		}
		return visible(t.Obj()) && t.Obj().Parent() == from.Scope() && canImport(pkg.Path(), from.Path())
	case *types.Struct:
		for f := range t.Fields() {
			if !visible(f) {
				return false
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if !visible(m) {
				return false
			}
		}
	}
	return true
}

// canImport reports whether no folder named internal hides the package at path from package pkg.
func canImport(pkg, path string) bool {
	folders := strings.Split(path, "/")
	for i, folder := range slices.Backward(folders) {
		if folder == "internal" {
			into := strings.Split(pkg, "/")
			return len(into) >= i && slices.Equal(into[:i], folders[:i])
		}
	}
	return true
}
