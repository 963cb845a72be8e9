// The rules for what is annotated: signatures, names, final errors.

package describe

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// inputs returns the parameters after the context.
func inputs(f *gosrc.Func) []*types.Var { return vars(f.Obj.Signature().Params())[1:] }

// results returns those before the error.
func results(f *gosrc.Func) []*types.Var {
	all := vars(f.Obj.Signature().Results())
	return all[:len(all)-1]
}

func vars(t *types.Tuple) (out []*types.Var) {
	for v := range t.Variables() {
		out = append(out, v)
	}
	return out
}

// Check finds what is wrong with the annotated functions in the packages that the user asked for.
func Check(p *gosrc.Program) (found []diag.Diagnostic) {
	for _, pkg := range slices.Concat(p.Packages, p.Broken) {
		if !pkg.Wanted {
			continue
		}
		for _, f := range pkg.Annotated {
			if ds := checkSignature(p, f); len(ds) > 0 {
				found = append(found, ds...)
				continue
			}
			found = append(found, checkValues(p, f)...)
			found = append(found, checkFinal(p, f)...)
			found = append(found, checkReceiver(p, f)...)
		}
	}
	return append(found, checkNames(p)...)
}

// checkSignature checks that f can be called durably at all.
func checkSignature(p *gosrc.Program, f *gosrc.Func) []diag.Diagnostic {
	sig := f.Obj.Signature()
	if sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0 || f.Iface != nil && f.Iface.TypeParams().Len() > 0 {
		return []diag.Diagnostic{p.At(f.Obj.Pos(), ruleSignature,
			fmt.Sprintf("%s %s has type parameters, but a history identifies one function, not one for each type", f.Kind, f.Name()),
			"for each type that you need, annotate a function without type parameters that calls this one")}
	}
	var faults []string
	if params := sig.Params(); params.Len() == 0 || !gotypes.IsContext(params.At(0).Type()) {
		faults = append(faults, "does not take a context.Context first")
	}
	if results := sig.Results(); results.Len() == 0 || !gotypes.IsError(results.At(results.Len()-1).Type()) {
		faults = append(faults, "does not return an error last")
	}
	if f.Iface == nil && sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) {
		faults = append(faults, "has an interface as its receiver")
	}
	if len(faults) == 0 {
		return nil
	}
	return []diag.Diagnostic{p.At(f.Obj.Pos(), ruleSignature, fmt.Sprintf("%s %s %s", f.Kind, f.Name(), strings.Join(faults, ", and ")), wanted(f))}
}

// wanted is the signature that f should have, as far as it can be told.
func wanted(f *gosrc.Func) string {
	qualifier := func(other *types.Package) string {
		if other == f.Pkg.Types {
			return ""
		}
		return other.Name()
	}
	inputs := []string{"ctx context.Context"}
	sig := f.Obj.Signature()
	for i, v := range vars(sig.Params()) {
		if gotypes.IsContext(v.Type()) {
			continue
		}
		text := types.TypeString(v.Type(), qualifier)
		if sig.Variadic() && i == sig.Params().Len()-1 {
			text = "..." + strings.TrimPrefix(text, "[]")
		}
		inputs = append(inputs, strings.TrimSpace(v.Name()+" "+text))
	}
	var results []string
	for _, v := range vars(sig.Results()) {
		if !gotypes.IsError(v.Type()) {
			results = append(results, types.TypeString(v.Type(), qualifier))
		}
	}
	result := strings.Join(append(results, "error"), ", ")
	if len(results) > 0 {
		result = "(" + result + ")"
	}
	return fmt.Sprintf("write: func %s(%s) %s", f.Obj.Name(), strings.Join(inputs, ", "), result)
}

// checkValues checks that inputs and results survive the history.
func checkValues(p *gosrc.Program, f *gosrc.Func) (found []diag.Diagnostic) {
	check := func(v *types.Var, role string) {
		if f.Directive.Options.Codec != "" {
			return
		}
		fault := encodable(v.Type())
		if fault == nil {
			return
		}
		why := fault.in(v.Name())
		if !named(v) {
			why = fault.inResult(v.Type())
		}
		found = append(found, p.At(v.Pos(), ruleEncode, fmt.Sprintf("%s of %s %s cannot be recorded: %s", role, f.Kind, f.Name(), why), fault.fix))
	}
	for i, v := range inputs(f) {
		if ch := channel(f, v); ch != nil {
			found = append(found, checkChannel(p, f, v, ch)...)
			continue
		}
		check(v, ordinal("input", i, v))
	}
	for i, v := range results(f) {
		check(v, ordinal("result", i, v))
	}
	return found
}

func ordinal(role string, i int, v *types.Var) string {
	if named(v) {
		return role + " " + v.Name()
	}
	return fmt.Sprintf("%s %d", role, i+1)
}

// named reports whether an input or result has a name.
func named(v *types.Var) bool { return v.Name() != "" && v.Name() != "_" }

// checkNames reports names of histories that are used twice in the program.
func checkNames(p *gosrc.Program) (found []diag.Diagnostic) {
	first := map[string]*gosrc.Func{}
	byPath := func(a, b *gosrc.Package) int { return cmp.Compare(a.Path, b.Path) }
	for _, pkg := range slices.SortedFunc(slices.Values(slices.Concat(p.Packages, p.Broken)), byPath) {
		for _, f := range pkg.Annotated {
			name := f.Registered()
			other := first[name]
			if other == nil {
				first[name] = f
				continue
			}
			if !f.Pkg.Wanted && !other.Pkg.Wanted {
				continue
			}
			d := p.At(f.Pos, RuleName, fmt.Sprintf("%s %s has the name %q, which %s %s at %s already has", f.Kind, f.Name(), name, other.Kind, other.Name(), seen(p, other.Pos)), "set a different name for one of them with name=…")
			found = append(found, d)
		}
	}
	return found
}

// seen is a position for use inside a message, as findings print theirs.
func seen(p *gosrc.Program, pos token.Pos) string {
	at := p.Fset.Position(pos)
	at.Filename = diag.Rel(at.Filename, p.Dir)
	return at.String()
}
