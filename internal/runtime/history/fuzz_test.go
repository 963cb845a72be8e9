package history

// Whatever arrives, a decoder returns; and what it made of the bytes is a message.

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"
)

func FuzzUnmarshal(f *testing.F) {
	g := &generator{rand: rand.New(rand.NewPCG(3, 4))}
	for which, root := range roots {
		f.Add(uint8(which), append(unknown(), marshal(g.message(reflect.TypeOf(root.new()).Elem()))...))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		root := roots[int(which)%len(roots)]
		m, err := root.unmarshal(data)
		if err != nil {
			return
		}
		if err := proto.Unmarshal(marshal(m), dynamic(m)); err != nil {
			t.Errorf("written again the library does not read it: %v\n%+v", err, m)
		}
		again, err := root.unmarshal(marshal(m))
		if err != nil {
			t.Fatalf("written again it does not read: %v\n%+v", err, m)
		}
		if !bytes.Equal(marshal(again), marshal(m)) {
			t.Errorf("written again it reads differently\nfirst  %+v\nsecond %+v", m, again)
		}
	})
}
