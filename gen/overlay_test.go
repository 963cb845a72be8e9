package gen_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
)

// A build takes the overlay, which has the committed lowered functions with absolute names of the author's files.
func TestOverlay(t *testing.T) {
	t.Parallel()
	dir := module(t, shop(t))
	result := generate(t, dir, "./...")
	writeResult(t, result)
	name, err := result.Overlay(filepath.Join(dir, ".pawl"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, "go", "build", "-overlay", name, "./...")
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(read(t, name), &overlay); err != nil {
		t.Fatal(err)
	}
	lowered := filepath.Join(dir, "shop", "flow.pawl.go")
	absolute := "//line " + filepath.Join(dir, "shop", "flow.go") + ":"
	committed, replaced := read(t, lowered), read(t, overlay.Replace[lowered])
	if !bytes.Contains(replaced, []byte(absolute)) {
		t.Errorf("no %s in\n%s", absolute, replaced)
	}
	if back := bytes.ReplaceAll(replaced, []byte(absolute), []byte("//line flow.go:")); !bytes.Equal(back, committed) {
		t.Errorf("but for names, the overlay is not what is committed:\n%s", back)
	}
	if _, ok := overlay.Replace[filepath.Join(dir, "shop", "pawl.gen.go")]; ok {
		t.Error("stubs are replaced, which have no lines of the author")
	}
}
