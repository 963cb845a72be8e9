// This file finds the fields of a struct that JSON drops because of their names.

package describe

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// jsonField is a field as package encoding/json sees it, which treats the fields of embedded structs like those of the outer one.
type jsonField struct {
	name   string // in JSON
	tagged bool   // the name comes from a tag
	path   []string
}

// jsonFields returns all fields of a struct. Inside are the structs around it.
func jsonFields(s *types.Struct, path []string, inside []*types.Struct) (fields []jsonField) {
	if slices.Contains(inside, s) {
		return nil
	}
	for i := range s.NumFields() {
		f := s.Field(i)
		name, dropped := tagName(s.Tag(i))
		if dropped {
			continue
		}
		at := step(path, "."+f.Name())
		if embedded := embeddedStruct(f); embedded != nil && name == "" {
			fields = append(fields, jsonFields(embedded, at, append(slices.Clip(inside), s))...)
		} else if f.Exported() {
			field := jsonField{name, name != "", at}
			if !field.tagged {
				field.name = f.Name()
			}
			fields = append(fields, field)
		}
	}
	return fields
}

// tagName returns the name that a tag gives to a field, which may be empty, and whether the tag leaves the field out.
func tagName(tag string) (name string, dropped bool) {
	text := reflect.StructTag(tag).Get("json")
	name, _, _ = strings.Cut(text, ",")
	valid := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !valid(r) }) >= 0 {
		name = ""
	}
	return name, text == "-"
}

// embeddedStruct returns the struct that a field embeds, or nil. For JSON, its fields are the outer one's, even if the type encodes
// itself.
func embeddedStruct(f *types.Var) *types.Struct {
	if !f.Embedded() {
		return nil
	}
	t := f.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, _ := t.Underlying().(*types.Struct)
	return s
}

// clash returns the fault of a field that JSON drops because another one has its name. Of several fields with one name, JSON keeps
// the outermost. Of several of these, it keeps the only one with a tag, or none.
func clash(s *types.Struct, path []string) *fault {
	byName := map[string][]jsonField{}
	fields := jsonFields(s, nil, nil)
	for _, f := range fields {
		byName[f.name] = append(byName[f.name], f)
	}
	for _, f := range fields {
		same := byName[f.name]
		if len(same) == 1 {
			continue
		}
		kept := dominant(same)
		if kept != nil && slices.Equal(kept.path, f.path) {
			continue
		}
		other := slices.IndexFunc(same, func(g jsonField) bool { return !slices.Equal(g.path, f.path) })
		if kept != nil {
			other = slices.IndexFunc(same, func(g jsonField) bool { return slices.Equal(g.path, kept.path) })
		}
		return &fault{
			path:   append(slices.Clip(path), f.path...),
			reason: fmt.Sprintf("has the name %q in JSON, as %s has, and would be dropped", f.name, strings.TrimPrefix(strings.Join(same[other].path, ""), ".")),
			fix:    `give it another name with a tag, such as json:"other", or tag it json:"-" if it is meant to be dropped`,
		}
	}
	return nil
}

// dominant returns which of several fields with one name JSON keeps, or nil if it keeps none.
func dominant(same []jsonField) *jsonField {
	depth := len(slices.MinFunc(same, func(a, b jsonField) int { return len(a.path) - len(b.path) }).path)
	var outer, tagged []jsonField
	for _, f := range same {
		if len(f.path) == depth {
			outer = append(outer, f)
			if f.tagged {
				tagged = append(tagged, f)
			}
		}
	}
	switch {
	case len(outer) == 1:
		return &outer[0]
	case len(tagged) == 1:
		return &tagged[0]
	}
	return nil
}
