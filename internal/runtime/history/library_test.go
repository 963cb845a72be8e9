package history

// Our codec against the protobuf library, over random values of every message.

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// rounds is how many random values of each message a test makes.
const rounds = 100

func TestLibraryReadsWhatWeWrite(t *testing.T) {
	forRandomMessages(t, func(t *testing.T, m message) {
		got := dynamic(m)
		if err := proto.Unmarshal(marshal(m), got); err != nil {
			t.Fatalf("%v\nof %+v", err, m)
		}
		if want := toDynamic(m); !proto.Equal(got, want) {
			t.Fatalf("library reads %v\nwant %v", got, want)
		}
	})
}

func TestWeReadWhatTheLibraryWrites(t *testing.T) {
	forRandomMessages(t, func(t *testing.T, m message) {
		data, err := proto.Marshal(toDynamic(m))
		if err != nil {
			t.Fatal(err)
		}
		got := reflect.New(reflect.TypeOf(m).Elem()).Interface().(message)
		if err := unmarshal(data, got); err != nil {
			t.Fatalf("%v\nof %+v", err, m)
		}
		if !reflect.DeepEqual(got, m) {
			t.Fatalf("we read %+v\nwant %+v", got, m)
		}
	})
}

func forRandomMessages(t *testing.T, check func(*testing.T, message)) {
	for name, typ := range messageTypes() {
		t.Run(name, func(t *testing.T) {
			g := &generator{rand: rand.New(rand.NewPCG(1, 2))}
			for range rounds {
				check(t, g.message(typ))
			}
		})
	}
}

// dynamic is an empty message of the library for values of m's type.
func dynamic(m message) *dynamicpb.Message {
	name := protoreflect.Name(reflect.TypeOf(m).Elem().Name())
	return dynamicpb.NewMessage(schema().Messages().ByName(name))
}

// toDynamic makes the library's message of ours, by reflection.
func toDynamic(m message) *dynamicpb.Message {
	out := dynamic(m)
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		name := fieldName(v.Type().Field(i))
		if v.Field(i).Type() == bodyType { // a oneof: the field is named after the kind of the value
			name = snake(v.Field(i).Elem().Type().Elem().Name())
		}
		f := out.Descriptor().Fields().ByName(name)
		if !f.IsList() {
			out.Set(f, toValue(v.Field(i)))
			continue
		}
		list := out.Mutable(f).List()
		for j := range v.Field(i).Len() {
			list.Append(toValue(v.Field(i).Index(j)))
		}
	}
	return out
}

func toValue(v reflect.Value) protoreflect.Value {
	switch value := v.Interface().(type) {
	case time.Time:
		return protoreflect.ValueOfInt64(value.UnixNano())
	case message:
		return protoreflect.ValueOfMessage(toDynamic(value))
	}
	switch v.Kind() {
	case reflect.Struct:
		return protoreflect.ValueOfMessage(toDynamic(v.Addr().Interface().(message)))
	case reflect.Int32:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(v.Int()))
	case reflect.Int:
		return protoreflect.ValueOfInt64(v.Int())
	case reflect.Int64:
		return protoreflect.ValueOfInt64(v.Int())
	}
	return protoreflect.ValueOf(v.Interface())
}

// generator makes random values. Each field is zero about one time in three.
type generator struct {
	rand  *rand.Rand
	depth int
}

func (g *generator) message(t reflect.Type) message {
	p := reflect.New(t)
	g.fill(p.Elem())
	return p.Interface().(message)
}

func (g *generator) fill(v reflect.Value) {
	g.depth++
	defer func() { g.depth-- }()
	if _, ok := v.Addr().Interface().(*Message); ok {
		g.fillOne(v)
		return
	}
	for i := range v.NumField() {
		if v.Field(i).Type() == bodyType || g.rand.IntN(3) > 0 {
			g.set(v.Field(i))
		}
	}
}

// fillOne sets one pointer of a Message, which holds one at a time.
func (g *generator) fillOne(v reflect.Value) {
	g.set(v.Field(0))
	g.set(v.Field(1 + g.rand.IntN(v.NumField()-1)))
}

func (g *generator) set(v reflect.Value) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.Unix(0, g.nonzero()).UTC()))
	case v.Type() == bodyType:
		v.Set(reflect.ValueOf(g.body()))
	case v.Kind() == reflect.Struct:
		g.fill(v)
	case v.Kind() == reflect.Pointer:
		if g.depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			g.fill(v.Elem())
		}
	case v.Kind() == reflect.Slice:
		g.setSlice(v)
	case v.Kind() == reflect.String:
		v.SetString(g.text())
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(g.nonzero())
	case v.CanUint():
		v.SetUint(uint64(g.nonzero()))
	case v.CanFloat():
		v.SetFloat([]float64{1.5, -2, math.Inf(-1), math.MaxFloat64, g.rand.NormFloat64()}[g.rand.IntN(5)])
	default:
		panic("no random values of type " + v.Type().String())
	}
}

func (g *generator) setSlice(v reflect.Value) {
	n := 1 + g.rand.IntN(3)
	if v.Type().Elem().Kind() == reflect.Struct && g.depth >= 6 {
		return
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		n = 1 + g.rand.IntN(300)
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		g.set(v.Index(i))
	}
}

func (g *generator) body() Body {
	n := g.rand.IntN(len(bodies))
	for _, num := range sortedKinds() {
		if n--; n < 0 {
			body := bodies[num]()
			g.fill(reflect.ValueOf(body).Elem())
			return body
		}
	}
	panic("unreachable")
}

// nonzero likes the ends of ranges, and the lengths of varints.
func (g *generator) nonzero() int64 {
	if n := int64(g.rand.Uint64()) >> g.rand.IntN(64); n != 0 {
		return n
	}
	return math.MinInt64
}

func (g *generator) text() string {
	return strings.Repeat([]string{"a", "é", "\x00", "日本", "😀"}[g.rand.IntN(5)], g.rand.IntN(70))
}
