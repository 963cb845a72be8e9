package history

// The schema and the Go types say the same, field by field.

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// schema compiles history.proto.
var schema = sync.OnceValue(func() protoreflect.FileDescriptor {
	c := protocompile.Compiler{
		Resolver:       &protocompile.SourceResolver{},
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := c.Compile(context.Background(), "pawl/history/v1/history.proto")
	if err != nil {
		panic(err)
	}
	return files[0]
})

// roots are the messages that are stored or sent by themselves, each with its decoder.
var roots = []struct {
	new       func() message
	unmarshal func([]byte) (message, error)
}{
	{func() message { return &Record{} }, as(UnmarshalRecord)},
	{func() message { return &StartRequest{} }, as(UnmarshalStartRequest)},
	{func() message { return &Message{} }, as(UnmarshalMessage)},
	{func() message { return &Task{} }, as(UnmarshalTask)},
	{func() message { return &TaskState{} }, as(UnmarshalTaskState)},
	{func() message { return &TaskRef{} }, as(UnmarshalTaskRef)},
	{func() message { return &StackRequest{} }, as(UnmarshalStackRequest)},
	{func() message { return &Stack{} }, as(UnmarshalStack)},
	{func() message { return &RunSummary{} }, as(UnmarshalRunSummary)},
	{func() message { return &UpdateNotice{} }, as(UnmarshalUpdateNotice)},
}

func as[M message](unmarshal func([]byte) (M, error)) func([]byte) (message, error) {
	return func(data []byte) (message, error) { return unmarshal(data) }
}

var (
	messageType  = reflect.TypeFor[message]()
	bodyType     = reflect.TypeFor[Body]()
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

// messageTypes finds the struct types of all messages that can be reached from the roots.
func messageTypes() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		switch {
		case t == bodyType:
			for _, kind := range bodies {
				visit(reflect.TypeOf(kind()))
			}
		case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice:
			visit(t.Elem())
		case t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(messageType) && found[t.Name()] == nil:
			found[t.Name()] = t
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	for _, root := range roots {
		visit(reflect.TypeOf(root.new()))
	}
	return found
}

func TestEveryMessageIsInTheSchema(t *testing.T) {
	reached := slices.Sorted(maps.Keys(messageTypes()))
	if declared := receivers(t, "fields"); !slices.Equal(reached, declared) {
		t.Errorf("Go types that list their fields: %v\nthose that a stored message can hold: %v", declared, reached)
	}
	var described []string
	for i := range schema().Messages().Len() {
		described = append(described, string(schema().Messages().Get(i).Name()))
	}
	slices.Sort(described)
	if !slices.Equal(reached, described) {
		t.Errorf("messages of the schema: %v\nmessages in Go: %v", described, reached)
	}
}

func TestEveryFieldIsInTheSchema(t *testing.T) {
	for name, typ := range messageTypes() {
		desc := schema().Messages().ByName(protoreflect.Name(name))
		if desc == nil {
			continue // the test above says so
		}
		described := map[protoreflect.Name]string{}
		for i := range desc.Fields().Len() {
			f := desc.Fields().Get(i)
			described[f.Name()] = schemaType(f)
		}
		inGo := map[protoreflect.Name]string{}
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Type != bodyType {
				inGo[fieldName(f)] = goType(f.Type)
				continue
			}
			for _, kind := range bodies {
				body := reflect.TypeOf(kind()).Elem().Name()
				inGo[snake(body)] = body
			}
		}
		if !maps.Equal(described, inGo) {
			t.Errorf("message %s\nin the schema: %v\nin Go:         %v", name, described, inGo)
		}
	}
}

func TestEnumsAreInTheSchema(t *testing.T) {
	inGo := enumConstants(t)
	for i := range schema().Enums().Len() {
		enum := schema().Enums().Get(i)
		described := map[string]int{}
		prefix := strings.ToUpper(string(snake(string(enum.Name())))) + "_"
		for j := range enum.Values().Len() {
			v := enum.Values().Get(j)
			described[strings.TrimPrefix(string(v.Name()), prefix)] = int(v.Number())
		}
		// The style guide wants this name for the zero value; Go has a word for what it means.
		for name, number := range inGo[string(enum.Name())] {
			if number == 0 {
				delete(inGo[string(enum.Name())], name)
				inGo[string(enum.Name())]["UNSPECIFIED"] = 0
			}
		}
		if !maps.Equal(described, inGo[string(enum.Name())]) {
			t.Errorf("enum %s\nin the schema: %v\nin Go:         %v", enum.Name(), described, inGo[string(enum.Name())])
		}
		delete(inGo, string(enum.Name()))
	}
	if len(inGo) > 0 {
		t.Errorf("enums that the schema lacks: %v", inGo)
	}
}

func TestSchemaIsDocumented(t *testing.T) {
	comment := func(d protoreflect.Descriptor) string {
		return strings.TrimSpace(schema().SourceLocations().ByDescriptor(d).LeadingComments)
	}
	for i := range schema().Messages().Len() {
		if m := schema().Messages().Get(i); !strings.HasPrefix(comment(m), string(m.Name())+" ") {
			t.Errorf("comment of message %s does not begin with its name", m.Name())
		}
	}
	for i := range schema().Enums().Len() {
		if e := schema().Enums().Get(i); !strings.HasPrefix(comment(e), string(e.Name())+" ") {
			t.Errorf("comment of enum %s does not begin with its name", e.Name())
		}
	}
}

// schemaType and goType write the type of a field in the same words.
func schemaType(f protoreflect.FieldDescriptor) string {
	text := f.Kind().String()
	switch f.Kind() {
	case protoreflect.MessageKind:
		text = string(f.Message().Name())
	case protoreflect.EnumKind:
		text = string(f.Enum().Name())
	}
	if f.IsList() {
		text = "repeated " + text
	}
	return text
}

func goType(t reflect.Type) string {
	switch {
	case t == timeType || t == durationType || t.Kind() == reflect.Int:
		return "int64"
	case t.Kind() == reflect.Float64:
		return "double"
	case t == reflect.TypeFor[[]byte]():
		return "bytes"
	case t.Kind() == reflect.Pointer:
		return goType(t.Elem())
	case t.Kind() == reflect.Slice:
		return "repeated " + goType(t.Elem())
	}
	return t.Name()
}

// fieldName is the name that a field of a Go type has in the schema, which tells the units of times.
func fieldName(f reflect.StructField) protoreflect.Name {
	switch f.Type {
	case timeType:
		return snake(f.Name) + "_unix_nanos"
	case durationType:
		return snake(f.Name) + "_nanos"
	}
	return snake(f.Name)
}

// snake writes RequestID as request_id.
func snake(name string) protoreflect.Name {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(letters[i-1]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return protoreflect.Name(b.String())
}

// receivers lists the types of this package that declare a method.
func receivers(t *testing.T, method string) (names []string) {
	for _, decl := range declarations(t) {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != method {
			continue
		}
		names = append(names, f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
	}
	slices.Sort(names)
	return names
}

// enumConstants lists the typed integer constants of this package by type, named as the schema names them.
func enumConstants(t *testing.T) map[string]map[string]int {
	found := map[string]map[string]int{}
	for _, decl := range declarations(t) {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			continue
		}
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)
			typ, ok := v.Type.(*ast.Ident)
			if !ok || typ.Name == "Kind" { // the kinds of events are field numbers of the schema, not an enum
				continue
			}
			literal, ok := v.Values[0].(*ast.BasicLit)
			if !ok { // a negative number, which is never stored
				continue
			}
			number, err := strconv.Atoi(literal.Value)
			if err != nil {
				t.Fatalf("constant %s: the numbers of a stored enum are written out: %v", v.Names[0], err)
			}
			if found[typ.Name] == nil {
				found[typ.Name] = map[string]int{}
			}
			short := strings.TrimPrefix(v.Names[0].Name, strings.TrimSuffix(strings.TrimSuffix(typ.Name, "Kind"), "Policy"))
			found[typ.Name][strings.ToUpper(string(snake(short)))] = number
		}
	}
	return found
}

func declarations(t *testing.T) (decls []ast.Decl) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, f.Decls...)
	}
	return decls
}
