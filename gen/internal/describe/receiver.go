// The receivers of workflows: which activities and which configuration they hold.

package describe

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"unicode"
	"unicode/utf8"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// field is one field of a workflow's receiver.
type field struct {
	Var        *types.Var
	Tag        string       // of an activity field: distinguishes fields of one type
	Activities *types.Named // the type with the activities; nil for configuration
	Interface  bool         // Activities is an interface
}

// configTag marks a field as configuration.
const configTag = "config"

// validFields returns the valid fields of the receiver of workflow f.
func validFields(p *gosrc.Program, f *gosrc.Func) []field {
	fields, _ := fields(p, f)
	return fields
}

func checkReceiver(p *gosrc.Program, f *gosrc.Func) []diag.Diagnostic {
	if f.Kind != annotations.Workflow || f.Type() == nil {
		return nil
	}
	_, found := fields(p, f)
	return found
}

func fields(p *gosrc.Program, f *gosrc.Func) (fields []field, found []diag.Diagnostic) {
	t := f.Type()
	if t == nil {
		return nil, nil
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, []diag.Diagnostic{p.At(f.Obj.Pos(), ruleReceiver, fmt.Sprintf("workflow %s has a receiver that is not a struct", f.Name()), "make it a function, or a method of a struct that holds activities")}
	}
	taken := map[[2]any]*types.Var{}
	for i := range s.NumFields() {
		field, message, fix := classify(p, t, s.Field(i), reflect.StructTag(s.Tag(i)).Get("pawl"))
		if message == "" && field.Activities != nil {
			message, fix = twice(taken, field)
		}
		if message != "" {
			found = append(found, p.At(fieldPos(p, f, s.Field(i)), ruleReceiver, fmt.Sprintf("receiver of workflow %s: field %s.%s %s", f.Name(), t.Obj().Name(), s.Field(i).Name(), message), fix))
			continue
		}
		fields = append(fields, field)
	}
	return fields, found
}

// twice reports a field that has the activities and the tag of an earlier one.
func twice(taken map[[2]any]*types.Var, field field) (message, fix string) {
	key := [2]any{field.Activities.Obj(), field.Tag}
	first := taken[key]
	taken[key] = field.Var
	switch {
	case first == nil:
		return "", ""
	case field.Tag == "":
		return fmt.Sprintf("holds the same activities as field %s, and no tag distinguishes the two", first.Name()), fmt.Sprintf("tag it: `pawl:%q`", freeTag(taken, field))
	}
	return fmt.Sprintf("holds the same activities as field %s under the same tag %q", first.Name(), field.Tag), "use a different tag for each"
}

// freeTag returns a tag for a field that no earlier field has: the field's name, or one like it.
func freeTag(taken map[[2]any]*types.Var, field field) string {
	name := field.Var.Name()
	first, size := utf8.DecodeRuneInString(name)
	tag := string(unicode.ToLower(first)) + name[size:]
	for want, i := tag, 2; tag == configTag || token.IsKeyword(tag) || taken[[2]any{field.Activities.Obj(), tag}] != nil; i++ {
		tag = fmt.Sprint(want, i)
	}
	return tag
}

func classify(p *gosrc.Program, owner *types.Named, v *types.Var, tag string) (_ field, message, fix string) {
	if tag == configTag {
		return configField(owner, v)
	}
	if tag != "" && !token.IsIdentifier(tag) {
		return field{}, fmt.Sprintf("has the tag %q", tag), "use a Go identifier as the tag"
	}
	t := types.Unalias(v.Type())
	pointer, isPointer := t.(*types.Pointer)
	named := gotypes.Named(t)
	switch {
	case isPointer && named != nil && hasActivities(p, named):
		_, iface := pointer.Elem().Underlying().(*types.Interface)
		if iface {
			return field{}, "is a pointer to an interface", fmt.Sprintf("make it a plain %s", named.Obj().Name())
		}
		return field{Var: v, Tag: tag, Activities: named}, "", ""
	case named != nil && types.IsInterface(named) && hasActivities(p, named):
		return field{Var: v, Tag: tag, Activities: named, Interface: true}, "", ""
	case named != nil && hasActivities(p, named):
		return field{}, "holds activities by value", fmt.Sprintf("make it a pointer: *%s", named.Obj().Name())
	}
	return field{}, fmt.Sprintf("is %s, which is state of a single process", article(short(v.Type()))),
		"move what uses it into an activity; if it is plain configuration, tag it `pawl:\"config\"` to have it recorded when a run starts"
}

func configField(owner *types.Named, v *types.Var) (_ field, message, fix string) {
	if fault := encodable(v.Type()); fault != nil {
		return field{}, "cannot be recorded: " + fault.in(owner.Obj().Name()+"."+v.Name()), fault.fix
	}
	return field{Var: v}, "", ""
}

// hasActivities reports whether a method of t is annotated as an activity or step.
func hasActivities(p *gosrc.Program, t *types.Named) bool {
	for i := range t.NumMethods() {
		if f := p.Annotation(t.Method(i)); f != nil && f.Kind != annotations.Workflow {
			return true
		}
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for i := range iface.NumExplicitMethods() {
		if p.Annotation(iface.ExplicitMethod(i)) != nil {
			return true
		}
	}
	return false
}

// fieldPos is where a field is declared, or the workflow if that is outside the module.
func fieldPos(p *gosrc.Program, f *gosrc.Func, v *types.Var) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	return f.Obj.Pos()
}
