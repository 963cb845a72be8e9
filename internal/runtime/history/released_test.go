package history

// What was once in the schema stays in it.

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/pawlhq/pawl/internal/goldentest"
)

const released = "testdata/released.txt"

// TestReleasedSchemaStays compares the schema with the list of everything that it ever held. What is new must be in
// the list, too; -update adds it. Nothing takes a line out of the list.
func TestReleasedSchemaStays(t *testing.T) {
	data, err := os.ReadFile(released)
	if err != nil {
		t.Fatal(err)
	}
	was := strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })
	is := inventory(schema())
	gone, added := without(was, is), without(is, was)
	for _, line := range gone {
		t.Errorf("the schema no longer has %q: stored histories do; restore it", line)
	}
	if len(added) == 0 || len(gone) > 0 {
		return
	}
	if !goldentest.Update() {
		t.Errorf("not in %s: %q\nif they are final, add them: go test ./internal/runtime/history -run Released -update", released, added)
		return
	}
	all := append(was, added...)
	slices.Sort(all)
	if err := os.WriteFile(released, []byte(strings.Join(all, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Errorf("added to %s: %q; look at the difference and run the test again", released, added)
}

// inventory writes everything that a stored byte depends on, a line each.
func inventory(file protoreflect.FileDescriptor) (lines []string) {
	for i := range file.Messages().Len() {
		m := file.Messages().Get(i)
		lines = append(lines, fmt.Sprintf("message %s", m.Name()))
		for j := range m.Fields().Len() {
			f := m.Fields().Get(j)
			line := fmt.Sprintf("%s.%s = %d %s", m.Name(), f.Name(), f.Number(), schemaType(f))
			if one := f.ContainingOneof(); one != nil {
				line += " in " + string(one.Name())
			}
			lines = append(lines, line)
		}
	}
	for i := range file.Enums().Len() {
		e := file.Enums().Get(i)
		for j := range e.Values().Len() {
			v := e.Values().Get(j)
			lines = append(lines, fmt.Sprintf("%s.%s = %d", e.Name(), v.Name(), v.Number()))
		}
	}
	slices.Sort(lines)
	return lines
}

func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
}
