// This file indexes the types that a program declares by their methods.

package flow

import "go/types"

// typeIndex holds the named types, other than interfaces, that known packages declare.
type typeIndex struct {
	sets     map[*types.Named]*types.MethodSet // the methods of their pointers
	byMethod map[string][]*types.Named         // by the Id of a method
}

func newTypeIndex() typeIndex {
	return typeIndex{sets: map[*types.Named]*types.MethodSet{}, byMethod: map[string][]*types.Named{}}
}

// addPackage enters the types that a package declares, also inside functions.
func (x *typeIndex) addPackage(info *types.Info) {
	for _, obj := range info.Defs {
		if tn, ok := obj.(*types.TypeName); ok && !tn.IsAlias() {
			if n, ok := tn.Type().(*types.Named); ok && !types.IsInterface(n) {
				x.add(n)
			}
		}
	}
}

func (x *typeIndex) add(n *types.Named) {
	methods := types.NewMethodSet(types.NewPointer(n))
	x.sets[n] = methods
	for m := range methods.Methods() {
		x.byMethod[m.Obj().Id()] = append(x.byMethod[m.Obj().Id()], n)
	}
}

// methods returns the methods of pointers to n.
func (x *typeIndex) methods(n *types.Named) *types.MethodSet {
	if set, ok := x.sets[n]; ok {
		return set
	}
	return types.NewMethodSet(types.NewPointer(n)) // n has type arguments
}

// implementing returns the types whose pointers may implement an interface with at least one method. A generic type is
// assumed to do so if it has the interface's first method.
func (x *typeIndex) implementing(iface *types.Interface) (ts []*types.Named) {
	for _, t := range x.byMethod[iface.Method(0).Id()] {
		if types.Implements(types.NewPointer(t), iface) || t.TypeParams().Len() > 0 {
			ts = append(ts, t)
		}
	}
	return ts
}
