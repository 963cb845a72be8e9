// This file collects what the code of a workflow stores, passes and calls.

package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Values knows where the values come from that occur in the code of one workflow. It isn't changed after NewValues, and
// is safe for concurrent use.
type Values struct {
	program  *Program
	inReach  map[*ssa.Function]bool
	stored   map[Place][]ssa.Value
	captured captures
	sites    map[token.Pos][]ssa.CallInstruction // by opening parenthesis; a generic body has one for each instance
}

// NewValues looks at the bodies of the functions in code, and at the initialization of the package variables in it.
func NewValues(p *Program, code []types.Object) *Values {
	v := &Values{
		program: p, inReach: map[*ssa.Function]bool{}, stored: map[Place][]ssa.Value{},
		captured: captures{}, sites: map[token.Pos][]ssa.CallInstruction{},
	}
	for _, obj := range code {
		for _, fn := range p.bodiesOf(obj) {
			v.inReach[fn] = true
		}
	}
	v.each(v.addCaptures) // first: they say what an address in a closure is of
	v.each(v.addStores)
	v.each(v.addCall)
	return v
}

func (v *Values) each(do func(ssa.Instruction)) {
	for fn := range v.inReach {
		for _, b := range fn.Blocks {
			for _, in := range b.Instrs {
				do(in)
			}
		}
	}
}

func (v *Values) addCaptures(in ssa.Instruction) {
	if c, ok := in.(*ssa.MakeClosure); ok {
		for i, free := range c.Fn.(*ssa.Function).FreeVars {
			v.captured[free] = append(v.captured[free], c.Bindings[i])
		}
	}
}

// addStores enters what an instruction stores.
func (v *Values) addStores(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		for _, p := range v.captured.places(in.Addr) {
			v.store(p, in.Val)
		}
	case *ssa.MapUpdate:
		v.store(Key(in.Map.Type()), in.Key)
		v.store(Value(in.Map.Type()), in.Value)
	case *ssa.Send:
		v.store(place(message, elem(in.Chan.Type())), in.X)
	case *ssa.Select:
		for _, s := range in.States {
			if s.Send != nil {
				v.store(place(message, elem(s.Chan.Type())), s.Send)
			}
		}
	case *ssa.Panic:
		v.store(Place{kind: panicked}, in.X)
	}
}

// addCall enters a call, and what a package of the standard library keeps because of it.
func (v *Values) addCall(in ssa.Instruction) {
	site, ok := in.(ssa.CallInstruction)
	if !ok {
		return
	}
	call := site.Common()
	v.sites[call.Pos()] = append(v.sites[call.Pos()], site)
	if path := calledPackage(call); stdlib.Package(path).Retains {
		for _, arg := range call.Args {
			v.store(retainedBy(path), arg)
		}
	}
}

func (v *Values) store(p Place, val ssa.Value) { v.stored[p] = append(v.stored[p], val) }

// calledPackage returns the path of the package that declares a function that is called by name, or an interface whose
// method is called. It returns "" for other calls.
func calledPackage(call *ssa.CallCommon) string {
	var pkg *types.Package
	if call.IsInvoke() {
		pkg = call.Method.Pkg()
	} else if fn := call.StaticCallee(); fn != nil && fn.Object() != nil {
		pkg = fn.Object().Pkg()
	}
	if pkg == nil {
		return ""
	}
	return pkg.Path()
}

// passed returns the arguments that calls in reach pass for a parameter.
func (v *Values) passed(p *ssa.Parameter) (args []ssa.Value) {
	node, i := v.program.graph.Nodes[p.Parent()], slices.Index(p.Parent().Params, p)
	if node == nil {
		return nil
	}
	for _, e := range node.In {
		if e.Site == nil || !v.inReach[e.Site.Parent()] {
			continue
		}
		call, j := e.Site.Common(), i
		if call.IsInvoke() {
			j-- // the receiver is not among Args
		}
		if 0 <= j && j < len(call.Args) {
			args = append(args, call.Args[j])
		}
	}
	return args
}
