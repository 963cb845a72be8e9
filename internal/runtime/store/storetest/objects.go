// Requirements of objects.

package storetest

import (
	"bytes"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var objects = []requirement{
	{name: "an object of any size can be read", test: objectRoundTrip},
	{name: "reading an object that does not exist fails with ErrNotFound", test: objectNotFound},
	{name: "an object that is stored again is replaced", test: objectReplaced},
	{name: "a deleted object does not exist, and may be deleted again", test: objectDeleted},
	{name: "ListObjects lists every name until yield returns false", test: objectList},
}

func objectRoundTrip(t *T) {
	other := t.open()
	for _, size := range []int{0, 1, t.MaxPayload(), 3*t.MaxPayload() + 17} {
		want := bytes.Repeat([]byte{byte(size), 7}, size/2+1)[:size]
		t.ok(t.PutObject(t.ctx, "blob", want))
		got, err := other.GetObject(t.ctx, "blob")
		t.ok(err)
		if !bytes.Equal(got, want) {
			t.Errorf("an object of %d bytes was read as %d different bytes", size, len(got))
		}
	}
}

func objectNotFound(t *T) {
	_, err := t.GetObject(t.ctx, "nothing")
	t.is(err, store.ErrNotFound)
	if names := t.objectNames(); len(names) != 0 {
		t.Errorf("listed %v, want nothing", names)
	}
}

func objectReplaced(t *T) {
	t.ok(t.PutObject(t.ctx, "blob", []byte("first")))
	t.ok(t.PutObject(t.ctx, "blob", []byte("second")))
	if got := t.object("blob"); string(got) != "second" {
		t.Errorf("the object is %q, want the second one", got)
	}
	if names := t.objectNames(); len(names) != 1 {
		t.Errorf("listed %v, want one object", names)
	}
}

func objectDeleted(t *T) {
	t.ok(t.PutObject(t.ctx, "blob", []byte("data")))
	t.ok(t.DeleteObject(t.ctx, "blob"))
	t.ok(t.DeleteObject(t.ctx, "blob"))
	t.ok(t.DeleteObject(t.ctx, "nothing"))
	_, err := t.GetObject(t.ctx, "blob")
	t.is(err, store.ErrNotFound)
	if names := t.objectNames(); len(names) != 0 {
		t.Errorf("listed %v, want nothing", names)
	}
	t.ok(t.PutObject(t.ctx, "blob", []byte("again")))
	if got := t.object("blob"); string(got) != "again" {
		t.Errorf("the object is %q, want the new one", got)
	}
}

func objectList(t *T) {
	want := []string{"a", "b", "c"}
	for _, name := range want {
		t.ok(t.PutObject(t.ctx, name, []byte(name)))
	}
	got := t.objectNames()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	calls := 0
	t.ok(t.ListObjects(t.ctx, func(string) bool {
		calls++
		return false
	}))
	if calls != 1 {
		t.Errorf("yield was called %d times, want 1", calls)
	}
}
