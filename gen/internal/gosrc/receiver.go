// The receivers of workflows: which activities and which configuration they hold.

package gosrc

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Field is one field of a workflow's receiver.
type Field struct {
	Var        *types.Var
	Tag        string       // of an activity field: tells two of one type apart
	Activities *types.Named // the type with the activities; nil for configuration
	Interface  bool         // Activities is an interface
}

// configTag marks a field as configuration.
const configTag = "config"

// Fields are those of the receiver of workflow f, as far as they are valid.
func (p *Program) Fields(f *Func) []Field {
	fields, _ := p.fields(f)
	return fields
}

func (p *Program) checkReceiver(f *Func) []diag.Diagnostic {
	if f.Kind != annotations.Workflow || f.Type() == nil {
		return nil
	}
	_, found := p.fields(f)
	return found
}

func (p *Program) fields(f *Func) (fields []Field, found []diag.Diagnostic) {
	t := f.Type()
	if t == nil {
		return nil, nil
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, []diag.Diagnostic{p.at(f.Obj.Pos(), RuleReceiver, fmt.Sprintf("workflow %s has a receiver that is not a struct", f.Name()), "make it a function, or a method of a struct that holds activities")}
	}
	taken := map[[2]any]*types.Var{}
	for i := range s.NumFields() {
		field, message, fix := p.field(t, s.Field(i), reflect.StructTag(s.Tag(i)).Get("pawl"))
		if message == "" && field.Activities != nil {
			message, fix = twice(taken, field)
		}
		if message != "" {
			found = append(found, p.at(p.fieldPos(f, s.Field(i)), RuleReceiver, fmt.Sprintf("receiver of workflow %s: field %s.%s %s", f.Name(), t.Obj().Name(), s.Field(i).Name(), message), fix))
			continue
		}
		fields = append(fields, field)
	}
	return fields, found
}

// twice finds a field with the same activities and the same tag.
func twice(taken map[[2]any]*types.Var, field Field) (message, fix string) {
	key := [2]any{field.Activities.Obj(), field.Tag}
	first := taken[key]
	taken[key] = field.Var
	switch {
	case first == nil:
		return "", ""
	case field.Tag == "":
		return fmt.Sprintf("holds the same activities as field %s, and nothing tells the two apart", first.Name()), "tag one of them: `pawl:\"primary\"`"
	}
	return fmt.Sprintf("holds the same activities as field %s under the same tag %q", first.Name(), field.Tag), "give each a tag of its own"
}

func (p *Program) field(owner *types.Named, v *types.Var, tag string) (_ Field, message, fix string) {
	if tag == configTag {
		return configField(owner, v)
	}
	if tag != "" && !token.IsIdentifier(tag) {
		return Field{}, fmt.Sprintf("has the tag %q", tag), "a tag is a Go identifier"
	}
	t := types.Unalias(v.Type())
	pointer, isPointer := t.(*types.Pointer)
	named := gotypes.Named(t)
	switch {
	case isPointer && named != nil && p.hasActivities(named):
		_, iface := pointer.Elem().Underlying().(*types.Interface)
		if iface {
			return Field{}, "is a pointer to an interface", fmt.Sprintf("make it a plain %s", named.Obj().Name())
		}
		return Field{Var: v, Tag: tag, Activities: named}, "", ""
	case named != nil && types.IsInterface(named) && p.hasActivities(named):
		return Field{Var: v, Tag: tag, Activities: named, Interface: true}, "", ""
	case named != nil && p.hasActivities(named):
		return Field{}, "holds activities by value", fmt.Sprintf("make it a pointer: *%s", named.Obj().Name())
	}
	return Field{}, fmt.Sprintf("is %s, which is state of one process", article(short(v.Type()))),
		"move what uses it into an activity; if it is plain configuration, tag it `pawl:\"config\"` to have it recorded when a run starts"
}

func configField(owner *types.Named, v *types.Var) (_ Field, message, fix string) {
	if fault := Encodable(v.Type()); fault != nil {
		return Field{}, "cannot be recorded: " + fault.In(owner.Obj().Name()+"."+v.Name()), fault.Fix
	}
	return Field{Var: v}, "", ""
}

// hasActivities reports whether a method of t is annotated as an activity or step.
func (p *Program) hasActivities(t *types.Named) bool {
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
func (p *Program) fieldPos(f *Func, v *types.Var) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	return f.Obj.Pos()
}
